SELECT m.line, m.document_number AS value, m.first_line::text AS detail, count(*) OVER () AS total
  FROM (SELECT i.line, i.document_number, first_value(i.line) OVER award AS first_line, first_value(i.document_number) OVER award AS first_document
          FROM pg_temp.import_resolved AS i
        WINDOW award AS (PARTITION BY i.number_hash, i.level ORDER BY i.line)) AS m
 WHERE m.document_number <> m.first_document
 ORDER BY m.line LIMIT $1::integer
