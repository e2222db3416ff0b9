SELECT p.policy_id, q.document, p.population, p.rated, p.counts_by_stars, p.distribution::text AS distribution, w.weights::text AS weights,
       p.weights_run_id, p.moves_since_run_id, p.moves::text AS moves
  FROM register.rating_run_policy AS p
  JOIN register.rating_policy AS q ON q.id = p.policy_id
  LEFT JOIN register.rating_run_policy AS w ON w.run_id = p.weights_run_id AND w.policy_id = p.policy_id
 WHERE p.run_id = $1::bigint
 ORDER BY q.code, p.policy_id
