-- The newest two runs of a job decide when it is due next; they stay, however old.
DELETE FROM register.job_run AS j
 WHERE j.id IN (
   SELECT o.id
     FROM (SELECT r.id, r.started_at, row_number() OVER (PARTITION BY r.job ORDER BY r.scheduled_for DESC) AS place
             FROM register.job_run AS r) AS o
    WHERE o.place > 2
      AND (o.started_at AT TIME ZONE 'Asia/Shanghai')::date + register.retention_term('JOB_RUN', $1::date) < $1::date
    LIMIT $2::integer)
