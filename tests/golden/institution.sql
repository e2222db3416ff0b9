SELECT (SELECT JSON_OBJECT('code' VALUE r1.code, 'name' VALUE r1.name, 'region' VALUE (SELECT JSON_OBJECT('code' VALUE r2.code, 'name' VALUE r2.name RETURNING json)
FROM disclosure.region AS r2
WHERE r2.code = r1.region_code
ORDER BY (r2.valid_from <= $1::date AND (r2.valid_to IS NULL OR r2.valid_to >= $1::date)) DESC, r2.valid_from DESC, r2.id
LIMIT 1), 'rating' VALUE (SELECT JSON_OBJECT('stars' VALUE least(r3.stars, r3.capped), 'score' VALUE r3.score::text, 'policy' VALUE (SELECT JSON_OBJECT('code' VALUE r4.code, 'version' VALUE r4.version RETURNING json)
FROM disclosure.rating_policy AS r4
WHERE r4.id = r3.policy_id
LIMIT 1) RETURNING json)
FROM (SELECT f.*, r1.organisation_id AS organisation_id, (SELECT min((SELECT min(c.at_most)
FROM disclosure.credit_cap AS c
WHERE c.policy_id = f.policy_id AND c.list_kind = b.list_kind AND c.ground IN ('', b.ground_code) AND (c.while_disputed OR NOT b.disputed)))
FROM (SELECT e.id AS entry_id, e.list_kind, e.ground_code, e.disputed
FROM disclosure.listed_entry AS e
WHERE e.institution_id = f.institution_id UNION ALL SELECT e.id AS entry_id, e.list_kind, e.ground_code, e.disputed
FROM disclosure.listed_entry AS e
WHERE e.organisation_id = r1.organisation_id) AS b) AS capped
FROM (SELECT s.*, NULL::bigint AS recorded_to, NULL::timestamptz AS superseded_at
FROM disclosure.rating AS s) AS f
WHERE f.institution_id = r1.id
LIMIT 1) AS r3
WHERE r3.stars IS NOT NULL AND coalesce(r3.capped, 1) > 0
LIMIT 1), 'ratingHistory' VALUE (SELECT JSON_OBJECT('totalCount' VALUE (SELECT count(*)
FROM (SELECT f.*, r1.organisation_id, CASE WHEN f.recorded_to IS NULL OR f.recorded_to > NULL::bigint THEN (SELECT min((SELECT min(c.at_most)
FROM disclosure.credit_cap AS c
WHERE c.policy_id = f.policy_id AND c.list_kind = b.list_kind AND c.ground IN ('', b.ground_code) AND (c.while_disputed OR NOT b.disputed)))
FROM (SELECT e.id AS entry_id, e.list_kind, e.ground_code, e.disputed
FROM disclosure.listed_entry AS e
WHERE e.institution_id = f.institution_id UNION ALL SELECT e.id AS entry_id, e.list_kind, e.ground_code, e.disputed
FROM disclosure.listed_entry AS e
WHERE e.organisation_id = r1.organisation_id) AS b) END AS capped
FROM disclosure.dated_rating AS f
WHERE f.institution_id = r1.id AND f.stars IS NOT NULL OFFSET 0) AS r6
WHERE r6.stars IS NOT NULL AND coalesce(r6.capped, 1) > 0), 'nodes' VALUE coalesce(json_agg(JSON_OBJECT('stars' VALUE least(r5.stars, r5.capped), 'publishedAt' VALUE to_char((SELECT s.recorded_at
FROM disclosure.change_set AS s
WHERE s.id = r5.change_id) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') RETURNING json)
ORDER BY r5.place ASC) FILTER (WHERE r5.place <= $2::bigint), '[]'::json) RETURNING json)
FROM (SELECT row_number() OVER () AS place, q.*
FROM (SELECT r7.*, r7.recorded_from AS key_0, r7.id AS key_1
FROM (SELECT f.*, r1.organisation_id, CASE WHEN f.recorded_to IS NULL OR f.recorded_to > NULL::bigint THEN (SELECT min((SELECT min(c.at_most)
FROM disclosure.credit_cap AS c
WHERE c.policy_id = f.policy_id AND c.list_kind = b.list_kind AND c.ground IN ('', b.ground_code) AND (c.while_disputed OR NOT b.disputed)))
FROM (SELECT e.id AS entry_id, e.list_kind, e.ground_code, e.disputed
FROM disclosure.listed_entry AS e
WHERE e.institution_id = f.institution_id UNION ALL SELECT e.id AS entry_id, e.list_kind, e.ground_code, e.disputed
FROM disclosure.listed_entry AS e
WHERE e.organisation_id = r1.organisation_id) AS b) END AS capped
FROM disclosure.dated_rating AS f
WHERE f.institution_id = r1.id AND f.stars IS NOT NULL OFFSET 0) AS r7
WHERE r7.stars IS NOT NULL AND coalesce(r7.capped, 1) > 0
ORDER BY r7.recorded_from DESC, r7.id DESC
LIMIT $2::bigint + 1) AS q) AS r5) RETURNING json)
FROM disclosure.institution AS r1
WHERE r1.code = $3::text
LIMIT 1) AS answer, h.position,
  CASE WHEN isfinite(h.recorded_at) THEN to_char(h.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
  AS recorded_at
FROM disclosure.head AS h
