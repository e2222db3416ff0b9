UPDATE register.job_run
   SET outcome = $2::text, detail = $3::text, finished_at = clock_timestamp()
 WHERE id = $1::bigint
   AND outcome IS NULL
