WITH told AS (
  SELECT (d.details ->> 'position')::bigint AS position, d.details -> 'outputs' AS outputs
    FROM register.audit_event AS e
   CROSS JOIN LATERAL (SELECT e.payload::jsonb -> 'details' AS details) AS d
   WHERE e.action = 'recomputeRatings'
)
SELECT 'run.output' AS rule, 'run ' || p.run_id AS subject, encode(p.output_digest, 'hex') AS detail
  FROM register.rating_run_policy AS p
  LEFT JOIN register.rating_run AS r ON r.id = p.run_id
  LEFT JOIN register.change_set AS s ON s.id = r.change_id
  LEFT JOIN told AS t ON t.position = s.position
 WHERE t.outputs ->> p.policy_id::text IS DISTINCT FROM encode(p.output_digest, 'hex')
