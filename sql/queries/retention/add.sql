INSERT INTO register.retention_rule (subject, kept, effective, legal_basis)
VALUES ($1::text, make_interval(months => $2::integer, days => $3::integer), daterange($4::date, NULL), $5::text)
