SELECT (SELECT coalesce(json_agg(CASE WHEN cardinality(r1.ids) > 1 THEN JSON_OBJECT('__typename' VALUE 'SeveralInstitutions', 'code' VALUE r1.asked, 'codes' VALUE to_json(ARRAY(SELECT i.code
FROM disclosure.institution AS i
WHERE i.id = ANY (r1.ids)
ORDER BY i.code)) RETURNING json) WHEN r1.institution_id IS NULL THEN JSON_OBJECT('__typename' VALUE 'UnknownCode', 'code' VALUE r1.asked RETURNING json) WHEN r1_rated.stars IS NOT NULL AND coalesce(r1_rated.capped, 1) > 0 THEN JSON_OBJECT('__typename' VALUE 'Rated', 'code' VALUE r1.asked, 'rating' VALUE JSON_OBJECT('stars' VALUE least(r1_rated.stars, r1_rated.capped), 'score' VALUE round(r1_rated.score_scaled / power(10::numeric, r1_rated_policy.score_decimals), r1_rated_policy.score_decimals)::text RETURNING json) RETURNING json) WHEN true THEN JSON_OBJECT('__typename' VALUE 'NotRated', 'code' VALUE r1.asked, 'reason' VALUE JSON_OBJECT('code' VALUE coalesce(CASE WHEN r1_rated.stars IS NULL THEN r1_rated.reason ELSE (SELECT c.code
FROM (SELECT e.id AS entry_id, e.list_kind, e.ground_code, e.disputed
FROM disclosure.listed_entry AS e
WHERE e.institution_id = r1_rated.institution_id UNION ALL SELECT e.id AS entry_id, e.list_kind, e.ground_code, e.disputed
FROM disclosure.listed_entry AS e
WHERE e.organisation_id = r1_rated.organisation_id) AS b JOIN disclosure.credit_cap AS c ON c.policy_id = r1_rated.policy_id AND c.list_kind = b.list_kind AND c.ground IN ('', b.ground_code) AND (c.while_disputed OR NOT b.disputed)
WHERE c.at_most = 0
ORDER BY c.place, b.entry_id
LIMIT 1) END, 'NOT_YET_RATED') RETURNING json) RETURNING json) END
ORDER BY r1.place), '[]'::json)
FROM (SELECT a.asked, a.place, m.ids,
  CASE WHEN cardinality(m.ids) > 1 THEN NULL ELSE coalesce(own.id, m.ids[1]) END AS institution_id,
  coalesce(own.organisation_id, m.owner) AS organisation_id
FROM ROWS
FROM (json_array_elements_text($1::json), json_array_elements_text($2::json)) WITH ORDINALITY
  AS a(code, asked, place)
LEFT JOIN (SELECT i.id, i.code, i.organisation_id
FROM disclosure.institution AS i
 
WHERE i.code = ANY (ARRAY(SELECT json_array_elements_text($1::json))) OFFSET 0) AS own ON own.code = a.code
LEFT JOIN (SELECT o.code, min(o.id) AS owner, array_agg(r.id) AS ids
FROM disclosure.organisation AS o
 
CROSS JOIN LATERAL (SELECT i.id
FROM disclosure.institution AS i
   
WHERE i.organisation_id = o.id AND i.status <> 'CLOSED' OFFSET 0) AS r
 
WHERE o.code = ANY (ARRAY(SELECT json_array_elements_text($1::json))) GROUP BY o.code) AS m ON m.code = a.code
) AS r1
LEFT JOIN LATERAL (SELECT f.*, r1.organisation_id AS organisation_id, (SELECT min((SELECT min(c.at_most)
FROM disclosure.credit_cap AS c
WHERE c.policy_id = f.policy_id AND c.list_kind = b.list_kind AND c.ground IN ('', b.ground_code) AND (c.while_disputed OR NOT b.disputed)))
FROM (SELECT e.id AS entry_id, e.list_kind, e.ground_code, e.disputed
FROM disclosure.listed_entry AS e
WHERE e.institution_id = f.institution_id UNION ALL SELECT e.id AS entry_id, e.list_kind, e.ground_code, e.disputed
FROM disclosure.listed_entry AS e
WHERE e.organisation_id = r1.organisation_id) AS b) AS capped
FROM (SELECT s.*, NULL::bigint AS recorded_to, NULL::timestamptz AS superseded_at
FROM disclosure.rating AS s) AS f
WHERE f.institution_id = r1.institution_id
LIMIT 1) AS r1_rated ON true
LEFT JOIN disclosure.rating_policy AS r1_rated_policy ON r1_rated_policy.id = r1_rated.policy_id
WHERE true) AS answer, h.position,
  CASE WHEN isfinite(h.recorded_at) THEN to_char(h.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
  AS recorded_at
FROM disclosure.head AS h
