WITH forgotten AS (DELETE FROM register.run_progress WHERE started_at < now() - interval '7 days'),
     begun AS (INSERT INTO register.run_progress (run_id, kind, as_of, cause, holder) VALUES ($1::bigint, $2::text, $3::date, $4::text, register.run_holder()))
SELECT pg_notify('register_changes', '')
