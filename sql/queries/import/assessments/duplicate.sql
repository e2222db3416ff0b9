SELECT i.line, i.institution_code AS value, d.first_line::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
  JOIN (SELECT institution_code, decided_on, min(line) AS first_line FROM pg_temp.import_staged
         GROUP BY institution_code, decided_on HAVING count(*) > 1) AS d USING (institution_code, decided_on)
 WHERE i.line > d.first_line
 ORDER BY i.line LIMIT $1::integer
