SELECT k.id, k.name, k.role, k.region_code, k.institution_code, k.expires_at, k.revoked_at,
       k.expires_at <= now() AS expired,
       coalesce(k.last_used_at < now() - interval '1 minute', true) AS touch,
       (SELECT r.path FROM register.region AS r WHERE r.code = k.region_code ORDER BY lower(r.valid) DESC LIMIT 1) AS region_path
  FROM register.api_key AS k
 WHERE k.key_hash = $1::bytea
