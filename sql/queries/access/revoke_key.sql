UPDATE register.api_key
   SET revoked_at = coalesce(revoked_at, now())
 WHERE id = $1::bigint
RETURNING id, name, key_prefix, new.revoked_at, old.revoked_at IS NULL AS newly
