SELECT i.line, i.region_code AS value, NULL::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
 WHERE i.line IS NOT NULL AND NOT (i.path = $2::text OR starts_with(i.path, $2::text || '/'))
 ORDER BY i.line LIMIT $1::integer
