SELECT i.line, i.certificate_number AS value, d.first_line::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
  JOIN (SELECT certificate_number, kind, min(line) AS first_line FROM pg_temp.import_staged
         GROUP BY certificate_number, kind HAVING count(*) > 1) AS d USING (certificate_number, kind)
 WHERE i.line > d.first_line
 ORDER BY i.line LIMIT $1::integer
