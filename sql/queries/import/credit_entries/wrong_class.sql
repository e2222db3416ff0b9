SELECT line, repair_class AS value, list_kind AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved
 WHERE repair_class IS NOT NULL AND list_kind IS NOT NULL
   AND NOT (term_known AND CASE list_kind WHEN 'RED' THEN repair_class = 'HONOUR' WHEN 'WATCH' THEN repair_class = 'WATCH'
                                          ELSE repair_class IN ('MINOR', 'GENERAL', 'SERIOUS') END)
 ORDER BY line LIMIT $1::integer
