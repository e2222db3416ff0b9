SELECT i.line, i.rule AS value, d.first_line::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
  JOIN (SELECT rule, kind, source, effective_from, min(line) AS first_line FROM pg_temp.import_resolved
         GROUP BY rule, kind, source, effective_from HAVING count(*) > 1) AS d USING (rule, kind, source, effective_from)
 WHERE i.line > d.first_line
 ORDER BY i.line LIMIT $1::integer
