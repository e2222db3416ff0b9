-- These rules hold everywhere, so nobody sets them who acts in one region.
SELECT i.line, i.rule AS value, $2::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
 ORDER BY i.line LIMIT $1::integer
