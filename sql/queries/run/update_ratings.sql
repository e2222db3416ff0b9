WITH numbered AS (
  SELECT s.*, $4::integer + row_number() OVER (ORDER BY s.institution_id) AS number
    FROM rating_staging AS s
    JOIN register.rating AS r ON r.institution_id = s.institution_id
   WHERE r.change_id <> $3::bigint
)
UPDATE register.rating AS r
   SET policy_id = n.policy_id, run_id = $1::bigint, weights_run_id = n.weights_run_id, as_of = $2::date, stars = n.stars,
       score_scaled = n.score_scaled, score = n.score, certified_ratio = n.certified_ratio, reason = n.reason,
       indicator_values = n.indicator_values, points = n.points, contributions = n.contributions, domain_points = n.domain_points, domain_grades = n.domain_grades,
       adjustments = n.adjustments::jsonb, content_digest = n.content_digest, change_id = $3::bigint, ordinal = n.number
  FROM numbered AS n
 WHERE r.institution_id = n.institution_id
