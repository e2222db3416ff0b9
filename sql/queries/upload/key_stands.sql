SELECT EXISTS (SELECT FROM register.api_key AS k WHERE k.id = $1::bigint AND k.revoked_at IS NULL AND coalesce(k.expires_at, 'infinity') > now())
