-- Rows of another institution than the one that brings them.
SELECT i.line, i.institution_code AS value, NULL::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
 WHERE i.institution_code <> $2::text
 ORDER BY i.line LIMIT $1::integer
