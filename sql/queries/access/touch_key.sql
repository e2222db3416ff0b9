UPDATE register.api_key SET last_used_at = now() WHERE id = $1::bigint
