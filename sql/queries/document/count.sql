SELECT count(*) FROM register.client_document WHERE client = $1::text
