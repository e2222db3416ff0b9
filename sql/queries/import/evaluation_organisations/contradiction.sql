SELECT i.line, i.evaluator_code AS value, f.line::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
  JOIN pg_temp.import_resolved AS f ON f.evaluator_code = i.evaluator_code AND f.speaks
 WHERE (i.name, i.organisation_code, i.evaluator_type, i.region_code)
       IS DISTINCT FROM (f.name, f.organisation_code, f.evaluator_type, f.region_code)
 ORDER BY i.line LIMIT $1::integer
