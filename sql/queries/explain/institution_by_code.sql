SELECT i.id, i.code
  FROM (SELECT id, code FROM register.institution UNION ALL SELECT id, code FROM register.institution_history) AS i
 WHERE i.code = $1::text
 LIMIT 1
