SELECT line, last_day::text AS value, longest::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved
 WHERE last_day > longest
 ORDER BY line LIMIT $1::integer
