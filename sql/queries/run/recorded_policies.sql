SELECT p.policy_id, q.code, q.version, encode(p.input_digest, 'hex') AS input_digest, encode(p.output_digest, 'hex') AS output_digest
  FROM register.rating_run_policy AS p
  JOIN register.rating_policy AS q ON q.id = p.policy_id
 WHERE p.run_id = $1::bigint
 ORDER BY q.code, q.version
