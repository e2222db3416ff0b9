WITH told AS (UPDATE register.run_progress SET stage = $2::text, stage_begun_at = clock_timestamp() WHERE run_id = $1::bigint AND stage <> $2::text)
SELECT pg_notify('register_changes', '')
