SELECT i.line, i.institution_code AS value, d.first_line::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
  JOIN (SELECT institution_code, occupation, level, surveyed_on, from_yuan, min(line) AS first_line FROM pg_temp.import_staged
         GROUP BY institution_code, occupation, level, surveyed_on, from_yuan HAVING count(*) > 1) AS d USING (institution_code, occupation, level, surveyed_on, from_yuan)
 WHERE i.line > d.first_line
 ORDER BY i.line LIMIT $1::integer
