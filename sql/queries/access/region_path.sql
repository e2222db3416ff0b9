SELECT r.path FROM register.region AS r WHERE r.code = $1::text ORDER BY lower(r.valid) DESC LIMIT 1
