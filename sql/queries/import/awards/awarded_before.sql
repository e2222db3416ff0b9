SELECT i.line, i.document_number AS value, concat_ws(', ', a.awarded_on, a.amount, a.authority, a.document_number) AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
  JOIN register.skill_award AS a ON a.person_id = i.person_id AND a.level = i.level
 WHERE i.existing_id IS NULL
 ORDER BY i.line LIMIT $1::integer
