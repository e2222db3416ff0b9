SELECT line, evaluator_code AS value, NULL::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved
 WHERE evaluator_code IS NOT NULL AND evaluator_id IS NULL
 ORDER BY line LIMIT $1::integer
