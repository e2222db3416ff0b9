UPDATE register.job_run
   SET outcome = 'ABANDONED', detail = 'the worker ended before the job', finished_at = clock_timestamp()
 WHERE outcome IS NULL
RETURNING job, scheduled_for
