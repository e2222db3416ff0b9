INSERT INTO register.import_account (caller, source, kinds, most_rows, effective, reason)
VALUES ($1::text, $2::text, $3::text[], $4::integer, daterange($5::date, NULL), $6::text)
