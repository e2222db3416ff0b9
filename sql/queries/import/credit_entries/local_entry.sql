SELECT line, document_number AS value, NULL::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved
 WHERE was_origin = 'LOCAL'
 ORDER BY line LIMIT $1::integer
