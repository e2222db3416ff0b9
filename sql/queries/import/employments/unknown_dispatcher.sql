SELECT line, dispatched_by AS value, NULL::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved
 WHERE dispatched_by IS NOT NULL AND dispatcher_id IS NULL
 ORDER BY line LIMIT $1::integer
