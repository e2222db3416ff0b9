INSERT INTO register.rating
  (institution_id, policy_id, run_id, weights_run_id, as_of, stars, score_scaled, score, certified_ratio, reason, indicator_values, points,
   contributions, domain_points, domain_grades, adjustments, content_digest, change_id, ordinal)
SELECT s.institution_id, s.policy_id, $1::bigint, s.weights_run_id, $2::date, s.stars, s.score_scaled, s.score, s.certified_ratio, s.reason,
       s.indicator_values, s.points, s.contributions, s.domain_points, s.domain_grades, s.adjustments::jsonb, s.content_digest,
       $3::bigint, $4::integer + row_number() OVER (ORDER BY s.institution_id)
  FROM rating_staging AS s
 WHERE NOT EXISTS (SELECT FROM register.rating AS r WHERE r.institution_id = s.institution_id)
