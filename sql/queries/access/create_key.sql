INSERT INTO register.api_key (name, role, region_code, institution_code, key_prefix, key_hash, created_by, expires_at)
VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::bytea, $7::text, now() + make_interval(days => $8::integer))
RETURNING id, expires_at
