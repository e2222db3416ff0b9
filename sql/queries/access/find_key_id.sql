SELECT id FROM register.api_key WHERE key_prefix = $1::text OR name = $1::text ORDER BY revoked_at IS NULL DESC, id DESC LIMIT 1
