INSERT INTO register.request_limit (whom, per, most, effective, reason)
VALUES ($1::text, $2::text, $3::integer, daterange($4::date, NULL), $5::text)
