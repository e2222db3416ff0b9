INSERT INTO register.import_batch (kind, file_name, file_sha256, source, snapshot, rows, added, amended, ended, unchanged, rejected,
                                   contradictions, change_id)
VALUES ($1::text, $2::text, $3::bytea, $4::text, $5::boolean, $6::integer, $7::integer, $8::integer, $9::integer, $10::integer,
        $11::integer, $12::integer, $13::bigint)
RETURNING id
