SELECT u.rule, u.relation || ' ' || u.row_id AS subject, u.relation AS detail
  FROM register.find_unerased() AS u
 ORDER BY u.rule, u.relation, u.row_id
