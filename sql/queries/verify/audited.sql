WITH told AS (
  SELECT e.sequence, e.actor, d.details ->> 'changeKind' AS kind, d.details ->> 'changeCause' AS cause,
         (d.details ->> 'position')::bigint AS position
    FROM register.audit_event AS e
   CROSS JOIN LATERAL (SELECT e.payload::jsonb -> 'details' AS details) AS d
   WHERE d.details ? 'position'
)
SELECT 'change-set.audit' AS rule, 'change set ' || s.position AS subject, count(t.sequence)::text || ' events' AS detail
  FROM register.change_set AS s
  LEFT JOIN told AS t ON t.position = s.position AND t.actor = s.actor AND t.kind = s.kind AND t.cause = s.cause
 GROUP BY s.position
HAVING count(t.sequence) <> 1
