-- The two newest versions of an institution's rating at a position, the newest first.
SELECT v.policy_id, v.run_id, v.content_digest, r.as_of, r.read_position, p.document, s.recorded_at AS published_at,
       e.position IS NULL OR e.position > $2::bigint AS stands
  FROM (SELECT policy_id, run_id, content_digest, change_id, NULL::bigint AS ended_by
          FROM register.rating WHERE institution_id = $1::bigint
        UNION ALL
        SELECT policy_id, run_id, content_digest, change_id, ended_by
          FROM register.rating_history WHERE institution_id = $1::bigint) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  JOIN register.rating_run AS r ON r.id = v.run_id
  JOIN register.rating_policy AS p ON p.id = v.policy_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
 WHERE s.position <= $2::bigint
 ORDER BY s.position DESC
 LIMIT 2
