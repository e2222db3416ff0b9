SELECT line, ground_code AS value, list_kind AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved
 WHERE list_kind IS NOT NULL AND NOT ground_known
 ORDER BY line LIMIT $1::integer
