SELECT line, list_code AS value, NULL::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved
 WHERE list_kind IS NULL
 ORDER BY line LIMIT $1::integer
