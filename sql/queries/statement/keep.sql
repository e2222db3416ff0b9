INSERT INTO register.procurement_statement (id, asker, issued_at, position, text, sha256)
SELECT $1::uuid, current_setting('registry.actor'), $2::timestamptz, $3::bigint, $4::text, sha256(convert_to($4::text, 'UTF8'))
