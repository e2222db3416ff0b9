UPDATE register.api_key
   SET revoked_at = coalesce(revoked_at, now())
 WHERE id = $1::bigint
RETURNING id, name, key_prefix, revoked_at
