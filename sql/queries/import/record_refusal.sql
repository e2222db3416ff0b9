INSERT INTO register.import_refusal (kind, source, file_name, bad_rows) VALUES ($1::text, $2::text, $3::text, $4::integer)
