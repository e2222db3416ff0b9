INSERT INTO register.job_run (job, scheduled_for) VALUES ($1::text, $2::timestamptz)
ON CONFLICT (job, scheduled_for) DO NOTHING
RETURNING id
