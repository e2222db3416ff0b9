SELECT r.institution_id,
       coalesce(r.score_scaled, 0) AS score,
       coalesce((SELECT (a ->> 'grade')::smallint FROM jsonb_array_elements(r.adjustments) AS a WHERE a ->> 'stage' = 'base'),
                r.stars, 0::smallint) AS base
  FROM rating AS r
 WHERE r.policy_id = $1::bigint AND ($2::bigint[] IS NULL OR r.institution_id = ANY ($2::bigint[])) AND r.score_scaled IS NOT NULL
