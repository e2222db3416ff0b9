INSERT INTO register.rating_run
  (id, kind, as_of, read_position, started_at, finished_at, engine_version, cause, institutions, changed, durations_ms, change_id)
VALUES ($1::bigint, $2::text, $3::date, $4::bigint, $5::timestamptz, $6::timestamptz, $7::text, $8::text, $9::integer, $10::integer,
        $11::text::jsonb, $12::bigint)
