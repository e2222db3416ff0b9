SELECT DISTINCT ON (j.job, j.outcome)
       j.job, j.outcome, extract(epoch FROM clock_timestamp() - j.finished_at)::float8 AS age_seconds
  FROM register.job_run AS j
 WHERE j.outcome IS NOT NULL
   AND j.finished_at IS NOT NULL
 ORDER BY j.job, j.outcome, j.finished_at DESC
