SELECT id::text, issued_at, position, text FROM register.procurement_statement WHERE id = $1::uuid
