SELECT line, region_code AS value, NULL::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved
 WHERE NOT region_known
 ORDER BY line LIMIT $1::integer
