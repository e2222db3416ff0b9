SELECT i.line, i.evaluator_code AS value, d.first_line::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
  JOIN (SELECT evaluator_code, accredited_from, min(line) AS first_line FROM pg_temp.import_staged
         GROUP BY evaluator_code, accredited_from HAVING count(*) > 1) AS d USING (evaluator_code, accredited_from)
 WHERE i.line > d.first_line
 ORDER BY i.line LIMIT $1::integer
