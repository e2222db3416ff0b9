SELECT i.line, i.parent_code AS value, i.parent_level AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
 CROSS JOIN (VALUES (ARRAY['NATION', 'PROVINCE', 'PREFECTURE', 'COUNTY'])) AS ladder (levels)
 WHERE i.line IS NOT NULL
   AND array_position(ladder.levels, i.parent_level) >= array_position(ladder.levels, i.level)
 ORDER BY i.line LIMIT $1::integer
