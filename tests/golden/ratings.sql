SELECT (SELECT coalesce(json_agg(CASE WHEN r1.several THEN JSON_OBJECT('__typename' VALUE 'SeveralInstitutions', 'code' VALUE r1.asked, 'codes' VALUE to_json(ARRAY(SELECT i.code
FROM disclosure.institution AS i
WHERE i.id = ANY (r1.ids)
ORDER BY i.code)) RETURNING json) WHEN r1.institution_id IS NULL THEN JSON_OBJECT('__typename' VALUE 'UnknownCode', 'code' VALUE r1.asked RETURNING json) WHEN r1_rated.stars IS NOT NULL AND coalesce(r1_rated.capped, 1) > 0 THEN JSON_OBJECT('__typename' VALUE 'Rated', 'code' VALUE r1.asked, 'rating' VALUE JSON_OBJECT('stars' VALUE least(r1_rated.stars, r1_rated.capped), 'score' VALUE r1_rated.score::text RETURNING json) RETURNING json) WHEN true THEN JSON_OBJECT('__typename' VALUE 'NotRated', 'code' VALUE r1.asked, 'reason' VALUE JSON_OBJECT('code' VALUE coalesce(CASE WHEN r1_rated.stars IS NULL THEN r1_rated.reason ELSE (SELECT c.code
FROM (SELECT e.id AS entry_id, e.list_kind, e.ground_code, e.disputed
FROM disclosure.listed_entry AS e
WHERE e.institution_id = r1_rated.institution_id UNION ALL SELECT e.id AS entry_id, e.list_kind, e.ground_code, e.disputed
FROM disclosure.listed_entry AS e
WHERE e.organisation_id = r1_rated.organisation_id) AS b JOIN disclosure.credit_cap AS c ON c.policy_id = r1_rated.policy_id AND c.list_kind = b.list_kind AND c.ground IN ('', b.ground_code) AND (c.while_disputed OR NOT b.disputed)
WHERE c.at_most = 0
ORDER BY c.place, b.entry_id
LIMIT 1) END, 'NOT_YET_RATED') RETURNING json) RETURNING json) END
ORDER BY r1.place), '[]'::json)
FROM (SELECT coalesce(a.asked, a.code) AS asked, a.place, own.several OR cardinality(m.ids) > 1 AS several,
  CASE WHEN own.several THEN ARRAY(SELECT i.id
FROM disclosure.organisation AS o JOIN disclosure.institution AS i
    ON i.organisation_id = o.id AND i.status <> 'CLOSED'
WHERE o.code = a.code) ELSE m.ids END AS ids,
  coalesce(own.institution_id, m.ids[1]) AS institution_id, coalesce(own.organisation_id, m.owner) AS organisation_id,
  coalesce(own.policy_id, m.policy_id) AS policy_id, coalesce(own.stars, m.stars) AS stars,
  coalesce(own.score, m.score) AS score, coalesce(own.listed, m.listed) AS listed
FROM ROWS
FROM (json_array_elements_text($1::json), json_array_elements_text($2::json)) WITH ORDINALITY
  AS a(code, asked, place)
LEFT JOIN LATERAL (SELECT s.*
FROM disclosure.standing AS s
WHERE s.code = a.code
LIMIT 1) AS own ON true
LEFT JOIN LATERAL (SELECT r.*
FROM (SELECT o.id AS owner, array_agg(s.institution_id) AS ids,
      min(s.policy_id) AS policy_id, min(s.stars) AS stars, min(s.score) AS score, bool_or(s.listed) AS listed
   
FROM disclosure.organisation AS o JOIN disclosure.institution AS i ON i.organisation_id = o.id AND i.status <> 'CLOSED'
    JOIN disclosure.standing AS s ON s.institution_id = i.id
   
WHERE o.code = a.code GROUP BY o.id OFFSET 0) AS r
 
WHERE own.institution_id IS NULL OFFSET 0) AS m ON true
) AS r1
LEFT JOIN (SELECT s.*, NULL::bigint AS recorded_to, NULL::timestamptz AS superseded_at
FROM disclosure.rating AS s) AS r1_whole ON r1_whole.institution_id = r1.institution_id
CROSS JOIN LATERAL (SELECT r1.institution_id, r1.organisation_id, r1.policy_id, r1.stars, r1.score, r1_whole.id, r1_whole.run_id, r1_whole.weights_run_id, r1_whole.as_of, r1_whole.score_scaled, r1_whole.indicator_values, r1_whole.points, r1_whole.contributions, r1_whole.domain_points, r1_whole.domain_grades, r1_whole.adjustments, r1_whole.change_id, r1_whole.recorded_to, r1_whole.superseded_at, CASE WHEN r1.listed THEN (SELECT min((SELECT min(c.at_most)
FROM disclosure.credit_cap AS c
WHERE c.policy_id = r1.policy_id AND c.list_kind = b.list_kind AND c.ground IN ('', b.ground_code) AND (c.while_disputed OR NOT b.disputed)))
FROM (SELECT e.id AS entry_id, e.list_kind, e.ground_code, e.disputed
FROM disclosure.listed_entry AS e
WHERE e.institution_id = r1.institution_id UNION ALL SELECT e.id AS entry_id, e.list_kind, e.ground_code, e.disputed
FROM disclosure.listed_entry AS e
WHERE e.organisation_id = r1.organisation_id) AS b) END AS capped, CASE WHEN r1.policy_id IS NOT NULL THEN (SELECT f.reason
FROM (SELECT s.*, NULL::bigint AS recorded_to, NULL::timestamptz AS superseded_at
FROM disclosure.rating AS s) AS f
WHERE f.institution_id = r1.institution_id) END AS reason) AS r1_rated
WHERE true) AS answer, h.position,
  CASE WHEN isfinite(h.recorded_at) THEN to_char(h.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
  AS recorded_at
FROM disclosure.head AS h
