-- Whoever resolves a flag waits for another who does.
SELECT f.rule, f.state, f.person_id, i.code AS institution_code
  FROM register.flag AS f JOIN register.institution AS i ON i.id = f.institution_id
 WHERE f.id = $1::bigint
   FOR UPDATE OF f
