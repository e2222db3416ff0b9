SELECT m.line, m.document_number AS value, m.first_line::text AS detail, count(*) OVER () AS total
  FROM (SELECT i.line, i.document_number, first_value(i.line) OVER entry AS first_line
          FROM pg_temp.import_resolved AS i
        WINDOW entry AS (PARTITION BY i.document_number, i.list_code, i.subject_kind, i.subject_code, i.number_hash ORDER BY i.line)) AS m
 WHERE m.line > m.first_line
 ORDER BY m.line LIMIT $1::integer
