SELECT count(*) FROM register.webhook WHERE key_id = $1::bigint
