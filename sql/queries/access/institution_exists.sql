SELECT EXISTS (SELECT FROM register.institution WHERE code = $1::text)
