-- Rows come in a fixed width: the least bigint says that there is no value, reasons and adjustments are numbers of a policy's wording.
MERGE INTO register.rating AS r
USING (
  SELECT s.ordinal,
         s.institution_id,
         s.policy_id,
         s.weights_run_id,
         nullif(s.stars, 0::smallint) AS stars,
         nullif(s.score_scaled, -9223372036854775808) AS score_scaled,
         CASE WHEN s.stars > 0 THEN s.score_scaled * w.score_unit END AS score,
         CASE WHEN s.certified <> -9223372036854775808 THEN trim_scale(s.certified::numeric * w.certified_times / w.certified_over) END AS certified_ratio,
         CASE WHEN s.stars = 0 THEN w.reasons[s.reason + 1] END AS reason,
         array_replace(s.indicator_values, -9223372036854775808, NULL) AS indicator_values,
         array_replace(s.points, -9223372036854775808, NULL) AS points,
         s.contributions,
         array_replace(s.domain_points, -9223372036854775808, NULL) AS domain_points,
         s.domain_grades,
         CASE WHEN s.adjustments > 0 THEN w.adjustments -> s.adjustments - 1 END AS adjustments,
         s.content_digest
    FROM rating_staging AS s
    JOIN jsonb_to_recordset($4::text::jsonb)
      AS w(policy_id bigint, score_unit numeric, certified_times bigint, certified_over bigint, reasons text[], adjustments jsonb)
      ON w.policy_id = s.policy_id) AS n
   ON r.institution_id = n.institution_id
 WHEN MATCHED AND r.change_id <> $3::bigint THEN UPDATE
  SET policy_id = n.policy_id, run_id = $1::bigint, weights_run_id = n.weights_run_id, as_of = $2::date, stars = n.stars,
      score_scaled = n.score_scaled, score = n.score, certified_ratio = n.certified_ratio, reason = n.reason,
      indicator_values = n.indicator_values, points = n.points, contributions = n.contributions, domain_points = n.domain_points,
      domain_grades = n.domain_grades, adjustments = n.adjustments, content_digest = n.content_digest, change_id = $3::bigint,
      ordinal = n.ordinal
 WHEN NOT MATCHED THEN INSERT
  (institution_id, policy_id, run_id, weights_run_id, as_of, stars, score_scaled, score, certified_ratio, reason, indicator_values, points,
   contributions, domain_points, domain_grades, adjustments, content_digest, change_id, ordinal)
  VALUES (n.institution_id, n.policy_id, $1::bigint, n.weights_run_id, $2::date, n.stars, n.score_scaled, n.score, n.certified_ratio,
          n.reason, n.indicator_values, n.points, n.contributions, n.domain_points, n.domain_grades, n.adjustments, n.content_digest,
          $3::bigint, n.ordinal)
