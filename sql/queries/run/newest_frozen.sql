SELECT p.run_id, p.weights_run_id, wr.as_of AS weights_as_of,
       (SELECT concat(encode(t.input_digest, 'hex'), t.xmin, t.ctid) FROM register.rating_run_policy AS t
         WHERE t.run_id = p.run_id AND t.policy_id = p.policy_id) AS edition
  FROM rating_run_policy AS p
  JOIN rating_run AS r ON r.id = p.run_id
  JOIN rating_run_policy AS w ON w.run_id = p.weights_run_id AND w.policy_id = p.policy_id
  JOIN rating_run AS wr ON wr.id = w.run_id
 WHERE p.policy_id = $1::bigint AND r.kind = 'FULL' AND r.as_of <= $2::date
 ORDER BY r.as_of DESC, r.id DESC
 LIMIT 1
