SELECT scheduled_for, outcome
  FROM register.job_run
 WHERE job = $1::text
 ORDER BY scheduled_for DESC
 LIMIT 2
