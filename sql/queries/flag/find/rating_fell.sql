-- Stars now against the best of the ratings that it had within so many days.
INSERT INTO pg_temp.flag_found (rule, institution_id, fact_key, evidence)
SELECT 'RATING_FELL', r.institution_id, concat_ws(':', r.institution_id, h.run_id, h.stars, r.stars),
       jsonb_build_object('stars', r.stars, 'before', h.stars, 'asOf', r.as_of, 'asOfBefore', h.as_of)
  FROM register.rating AS r
  JOIN LATERAL (SELECT x.run_id, x.stars, x.as_of FROM register.rating_history AS x
                  JOIN register.change_set AS s ON s.id = x.ended_by
                 WHERE x.institution_id = r.institution_id AND x.stars IS NOT NULL AND x.policy_id = r.policy_id
                   AND s.recorded_at >= ($2::date - ($1::text::jsonb ->> 'days')::integer)::timestamp AT TIME ZONE 'Asia/Shanghai'
                 ORDER BY x.stars DESC, x.run_id DESC LIMIT 1) AS h ON h.stars - r.stars >= ($1::text::jsonb ->> 'stars')::integer
 WHERE r.stars IS NOT NULL AND ($3::bigint[] IS NULL OR r.institution_id = ANY ($3::bigint[]))
