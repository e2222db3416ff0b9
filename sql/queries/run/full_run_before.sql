SELECT r.id, s.position
  FROM register.rating_run AS r
  JOIN register.change_set AS s ON s.id = r.change_id
 WHERE r.kind = 'FULL' AND (r.policy_code IS NULL OR r.policy_code = $1::text)
 ORDER BY r.id DESC
 LIMIT 1
