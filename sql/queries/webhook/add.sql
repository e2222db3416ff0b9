INSERT INTO register.webhook (id, key_id, url, alert_url, codes, kinds, region_code, secret, position, ordinal)
SELECT $1::uuid, $2::bigint, $3::text, $4::text, $5::text[], $6::text[], $7::text, $8::bytea, $9::bigint, $10::bigint
