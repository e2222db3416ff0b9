SELECT i.line, i.region_code AS value, d.first_line::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
  JOIN (SELECT region_code, day_from, min(line) AS first_line FROM pg_temp.import_staged
         GROUP BY region_code, day_from HAVING count(*) > 1) AS d USING (region_code, day_from)
 WHERE i.line > d.first_line
 ORDER BY i.line LIMIT $1::integer
