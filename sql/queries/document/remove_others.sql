DELETE FROM register.client_document WHERE client = $1::text AND sha256 <> ALL ($2::text[])
