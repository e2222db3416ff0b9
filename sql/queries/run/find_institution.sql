SELECT id FROM register.institution WHERE code = $1::text
