SELECT m.line, m.subsidy_amount::text AS value, m.first_line::text AS detail, count(*) OVER () AS total
  FROM (SELECT i.line, i.subsidy_amount, min(i.line) OVER (PARTITION BY i.number_hash, i.occupation, i.level, i.paid_for) AS first_line
          FROM pg_temp.import_resolved AS i
         WHERE i.subsidy_amount IS NOT NULL) AS m
 WHERE m.line > m.first_line
 ORDER BY m.line LIMIT $1::integer
