SELECT (SELECT coalesce(json_agg(CASE WHEN cardinality(r1.ids) > 1 THEN JSON_OBJECT('__typename' VALUE 'SeveralInstitutions', 'code' VALUE r1.asked, 'codes' VALUE to_json(r1.codes) RETURNING json) WHEN r1.institution_id IS NULL THEN JSON_OBJECT('__typename' VALUE 'UnknownCode', 'code' VALUE r1.asked RETURNING json) WHEN r1_rated.stars IS NOT NULL THEN JSON_OBJECT('__typename' VALUE 'Rated', 'code' VALUE r1.asked, 'rating' VALUE JSON_OBJECT('stars' VALUE r1_rated.stars, 'score' VALUE round(r1_rated.score_scaled / power(10::numeric, r1_rated_policy.score_decimals), r1_rated_policy.score_decimals)::text RETURNING json) RETURNING json) WHEN true THEN JSON_OBJECT('__typename' VALUE 'NotRated', 'code' VALUE r1.asked, 'reason' VALUE JSON_OBJECT('code' VALUE coalesce(r1_rated.reason, 'NOT_YET_RATED') RETURNING json) RETURNING json) END
ORDER BY r1.place), '[]'::json)
FROM (SELECT a.asked, a.place, m.ids, m.codes,
  CASE WHEN cardinality(m.ids) > 1 THEN NULL ELSE coalesce(own.id, m.ids[1]) END AS institution_id
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS a(code, asked, place)
LEFT JOIN LATERAL (SELECT i.id
FROM disclosure.institution AS i
WHERE i.code = a.code
LIMIT 1) AS own ON true
LEFT JOIN LATERAL (SELECT array_agg(r.id) AS ids, array_agg(r.code
ORDER BY r.code) AS codes
 
FROM (SELECT o.id
FROM disclosure.organisation AS o
WHERE o.code = a.code
LIMIT 1) AS o
 
CROSS JOIN LATERAL (SELECT i.id, i.code
FROM disclosure.institution AS i
 
WHERE i.organisation_id = o.id AND i.status <> 'CLOSED' OFFSET 0) AS r) AS m ON true) AS r1
LEFT JOIN LATERAL (SELECT f.*
FROM (SELECT s.*, NULL::bigint AS recorded_to, NULL::timestamptz AS superseded_at
FROM disclosure.rating AS s) AS f
WHERE f.institution_id = r1.institution_id
LIMIT 1) AS r1_rated ON true
LEFT JOIN disclosure.rating_policy AS r1_rated_policy ON r1_rated_policy.id = r1_rated.policy_id
WHERE true) AS answer, h.position,
  CASE WHEN isfinite(h.recorded_at) THEN to_char(h.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
  AS recorded_at
FROM disclosure.head AS h
