SELECT (SELECT JSON_OBJECT('totalCount' VALUE (SELECT count(*)
FROM disclosure.institution AS r2
LEFT JOIN (SELECT s.*, NULL::bigint AS recorded_to, NULL::timestamptz AS superseded_at
FROM disclosure.rating AS s) AS r2_rated ON r2_rated.institution_id = r2.id
WHERE true AND (r2.region_code IN (SELECT d.code
FROM disclosure.region AS a JOIN disclosure.region AS d ON d.path = a.path OR starts_with(d.path, a.path || '/')
WHERE a.code = $1::text)) AND (r2.kind = ANY ($2::text[])) AND ((r2_rated.stars IS NOT NULL) = $3::boolean)), 'pageInfo' VALUE JSON_OBJECT('hasNextPage' VALUE (count(*) > $4::bigint), 'endCursor' VALUE (array_agg(translate(encode(convert_to(JSON_ARRAY('0623ef7dfe44', r1.key_0::text, r1.key_1, r1.key_2 NULL ON NULL RETURNING text), 'UTF8'), 'base64'), '+/=' || chr(10), '-_')
ORDER BY r1.place DESC) FILTER (WHERE r1.place <= $4::bigint))[1] RETURNING json), 'edges' VALUE coalesce(json_agg(JSON_OBJECT('cursor' VALUE translate(encode(convert_to(JSON_ARRAY('0623ef7dfe44', r1.key_0::text, r1.key_1, r1.key_2 NULL ON NULL RETURNING text), 'UTF8'), 'base64'), '+/=' || chr(10), '-_'), 'node' VALUE JSON_OBJECT('code' VALUE r1.code, 'name' VALUE r1.name, 'organisation' VALUE (SELECT JSON_OBJECT('name' VALUE r3.name RETURNING json)
FROM disclosure.organisation AS r3
WHERE r3.id = r1.organisation_id
LIMIT 1) RETURNING json) RETURNING json)
ORDER BY r1.place ASC) FILTER (WHERE r1.place <= $4::bigint), '[]'::json) RETURNING json)
FROM (SELECT row_number() OVER () AS place, q.*
FROM (SELECT r4.*, round(r4_rated.score_scaled / power(10::numeric, r4_score_policy.score_decimals), r4_score_policy.score_decimals) AS key_0, r4.name AS key_1, r4.id AS key_2
FROM disclosure.institution AS r4
LEFT JOIN (SELECT s.*, NULL::bigint AS recorded_to, NULL::timestamptz AS superseded_at
FROM disclosure.rating AS s) AS r4_rated ON r4_rated.institution_id = r4.id
LEFT JOIN disclosure.rating_policy AS r4_score_policy ON r4_score_policy.id = r4_rated.policy_id
WHERE true AND (r4.region_code IN (SELECT d.code
FROM disclosure.region AS a JOIN disclosure.region AS d ON d.path = a.path OR starts_with(d.path, a.path || '/')
WHERE a.code = $5::text)) AND (r4.kind = ANY ($6::text[])) AND ((r4_rated.stars IS NOT NULL) = $7::boolean)
ORDER BY round(r4_rated.score_scaled / power(10::numeric, r4_score_policy.score_decimals), r4_score_policy.score_decimals) DESC NULLS LAST, r4.name ASC, r4.id DESC
LIMIT $4::bigint + 1) AS q) AS r1) AS answer, h.position,
  CASE WHEN isfinite(h.recorded_at) THEN to_char(h.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
  AS recorded_at
FROM disclosure.head AS h
