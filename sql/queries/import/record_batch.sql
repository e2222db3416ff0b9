INSERT INTO register.import_batch (kind, file_name, file_sha256, source, rows, added, amended, ended, unchanged, change_id)
VALUES ($1::text, $2::text, $3::bytea, $4::text, $5::integer, $6::integer, $7::integer, $8::integer, $9::integer, $10::bigint)
RETURNING id
