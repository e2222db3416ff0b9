WITH told AS (
  SELECT (d.details ->> 'position')::bigint AS position, d.details -> 'distributions' AS distributions
    FROM register.audit_event AS e
   CROSS JOIN LATERAL (SELECT e.payload::jsonb -> 'details' AS details) AS d
   WHERE e.action = 'recomputeRatings'
)
SELECT 'run.distribution' AS rule, 'run ' || p.run_id AS subject, register.digest_of_distribution(p) AS detail
  FROM register.rating_run_policy AS p
  JOIN register.rating_run AS r ON r.id = p.run_id
  JOIN register.change_set AS s ON s.id = r.change_id
  JOIN told AS t ON t.position = s.position
 WHERE t.distributions IS NOT NULL AND t.distributions ->> p.policy_id::text IS DISTINCT FROM register.digest_of_distribution(p)
