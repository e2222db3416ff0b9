SELECT p.run_id, p.weights_run_id, p.frozen::text AS frozen, w.weights::text AS weights, wr.as_of AS weights_as_of
  FROM rating_run_policy AS p
  JOIN rating_run AS r ON r.id = p.run_id
  JOIN rating_run_policy AS w ON w.run_id = p.weights_run_id AND w.policy_id = p.policy_id
  JOIN rating_run AS wr ON wr.id = w.run_id
 WHERE p.policy_id = $1::bigint AND r.kind = 'FULL' AND r.as_of <= $2::date
 ORDER BY r.as_of DESC, r.id DESC
 LIMIT 1
