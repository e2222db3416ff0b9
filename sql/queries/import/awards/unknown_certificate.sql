SELECT line, certificate_number AS value, NULL::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved
 WHERE certificate_number IS NOT NULL AND certificate_id IS NULL
 ORDER BY line LIMIT $1::integer
