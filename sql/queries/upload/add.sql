INSERT INTO register.upload (id, caller, actor, kind, source, file_name, bytes_total, sha256, most_rows, expires_at)
VALUES ($1::uuid, $2::text, $3::text::jsonb, $4::text, $5::text, $6::text, $7::bigint, $8::text, $9::integer, now() + make_interval(secs => $10::double precision))
