DELETE FROM register.client_document WHERE client = $1::text AND sha256 = ANY ($2::text[])
