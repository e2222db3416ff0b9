SELECT id, name, role, region_code, institution_code, key_prefix, created_by, created_at, expires_at, revoked_at, last_used_at
  FROM register.api_key
 ORDER BY id
