SELECT i.id, i.code
  FROM (SELECT id, code FROM register.institution UNION ALL SELECT id, code FROM register.institution_history) AS i
 WHERE i.id = $1::bigint
 LIMIT 1
