SELECT i.line, i.organisation_code AS value, d.first_line::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
  JOIN (SELECT organisation_code, min(line) AS first_line FROM pg_temp.import_staged
         GROUP BY organisation_code HAVING count(*) > 1) AS d USING (organisation_code)
 WHERE i.line > d.first_line
 ORDER BY i.line LIMIT $1::integer
