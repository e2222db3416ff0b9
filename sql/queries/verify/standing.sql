SELECT m.rule, m.subject, m.detail
  FROM register.find_misplaced() AS m
 ORDER BY m.subject
