SELECT p.frozen::text AS frozen
  FROM register.rating_run_policy AS p
 WHERE p.run_id = $1::bigint AND p.policy_id = $2::bigint
