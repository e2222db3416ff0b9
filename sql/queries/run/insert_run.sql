INSERT INTO register.rating_run
  (id, kind, as_of, read_position, started_at, finished_at, engine_version, cause, policy_code, institution_ids, institutions, changed,
   durations_ms, read_digests, change_id)
VALUES ($1::bigint, $2::text, $3::date, $4::bigint, $5::timestamptz, $6::timestamptz, $7::text, $8::text, $9::text, $10::bigint[],
        $11::integer, $12::integer, $13::text::jsonb, $14::text::jsonb, $15::bigint)
