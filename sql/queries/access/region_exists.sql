SELECT EXISTS (SELECT FROM register.region WHERE code = $1::text)
