SELECT r.institution_id,
       (u.place - 1)::integer AS indicator,
       u.value,
       u.points
  FROM rating AS r
 CROSS JOIN LATERAL unnest(r.indicator_values, r.points) WITH ORDINALITY AS u(value, points, place)
 WHERE r.policy_id = $1::bigint AND ($2::bigint[] IS NULL OR r.institution_id = ANY ($2::bigint[])) AND u.value IS NOT NULL AND u.points IS NOT NULL
