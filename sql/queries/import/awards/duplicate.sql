SELECT i.line, i.number_mask AS value, d.first_line::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
  JOIN (SELECT number_hash, level, document_number, min(line) AS first_line FROM pg_temp.import_staged
         GROUP BY number_hash, level, document_number HAVING count(*) > 1) AS d USING (number_hash, level, document_number)
 WHERE i.line > d.first_line
 ORDER BY i.line LIMIT $1::integer
