SELECT (SELECT (SELECT JSON_OBJECT('totalCount' VALUE r2.total, 'pageInfo' VALUE JSON_OBJECT('hasNextPage' VALUE (count(*) > $1::bigint), 'endCursor' VALUE (array_agg(translate(encode(convert_to(JSON_ARRAY('997cd9816237', r1.key_0::text, r1.key_1, r1.key_2 NULL ON NULL RETURNING text), 'UTF8'), 'base64'), '+/=' || chr(10), '-_')
ORDER BY r1.place DESC) FILTER (WHERE r1.place <= $1::bigint))[1] RETURNING json), 'edges' VALUE coalesce(json_agg(JSON_OBJECT('cursor' VALUE translate(encode(convert_to(JSON_ARRAY('997cd9816237', r1.key_0::text, r1.key_1, r1.key_2 NULL ON NULL RETURNING text), 'UTF8'), 'base64'), '+/=' || chr(10), '-_'), 'node' VALUE JSON_OBJECT('code' VALUE r1.code, 'name' VALUE r1.name, 'organisation' VALUE (SELECT JSON_OBJECT('name' VALUE r3.name RETURNING json)
FROM disclosure.organisation AS r3
WHERE r3.id = r1.organisation_id
LIMIT 1) RETURNING json) RETURNING json)
ORDER BY r1.place ASC) FILTER (WHERE r1.place <= $1::bigint), '[]'::json) RETURNING json)
FROM (SELECT r4.place, r4.key_0, r4.key_1, r4.key_2, r5.*
FROM disclosure.rows_of(format('WITH first AS (SELECT row_number() OVER () + 0 AS place, q.*
FROM (SELECT r6.id, (r6_rated.score)::numeric AS key_0, (r6.name)::text AS key_1, (r6.id)::bigint AS key_2
FROM disclosure.institution AS r6
LEFT JOIN (SELECT s.*, NULL::bigint AS recorded_to, NULL::timestamptz AS superseded_at
FROM disclosure.rating AS s) AS r6_rated ON r6_rated.institution_id = r6.id
WHERE true AND (r6.region_code >= (%1$L::text[])[1] AND r6.region_code <= (%1$L::text[])[2] AND (cardinality(%1$L::text[]) = 2 OR r6.region_code = ANY ((%1$L::text[])[3:]))) AND (r6.kind = ANY (%2$L::text[])) AND ((r6_rated.stars IS NOT NULL) = %3$L::boolean) AND r6_rated.score IS NOT NULL
ORDER BY r6_rated.score DESC, r6.name ASC, r6.id DESC
LIMIT %4$L::bigint + 1) AS q), second AS (SELECT row_number() OVER () + (SELECT count(*)
FROM first) AS place, q.*
FROM (SELECT r6.id, (r6_rated.score)::numeric AS key_0, (r6.name)::text AS key_1, (r6.id)::bigint AS key_2
FROM disclosure.institution AS r6
LEFT JOIN (SELECT s.*, NULL::bigint AS recorded_to, NULL::timestamptz AS superseded_at
FROM disclosure.rating AS s) AS r6_rated ON r6_rated.institution_id = r6.id
WHERE true AND (r6.region_code >= (%1$L::text[])[1] AND r6.region_code <= (%1$L::text[])[2] AND (cardinality(%1$L::text[]) = 2 OR r6.region_code = ANY ((%1$L::text[])[3:]))) AND (r6.kind = ANY (%2$L::text[])) AND ((r6_rated.stars IS NOT NULL) = %3$L::boolean) AND r6_rated.score IS NULL
ORDER BY r6.name ASC, r6.id DESC
LIMIT %4$L::bigint + 1) AS q
LIMIT %4$L::bigint + 1 - (SELECT count(*)
FROM first)) SELECT *
FROM first UNION ALL SELECT *
FROM second', VARIADIC ARRAY[(disclosure.region_span($2::text))::text, $3::text[]::text, $4::boolean::text, $1::bigint::text]::text[])) AS r4(place bigint, id bigint, key_0 numeric, key_1 text, key_2 bigint) JOIN disclosure.institution AS r5 ON r5.id = r4.id) AS r1)
FROM disclosure.counted(format('SELECT 1
FROM disclosure.institution AS r7
LEFT JOIN (SELECT s.*, NULL::bigint AS recorded_to, NULL::timestamptz AS superseded_at
FROM disclosure.rating AS s) AS r7_rated ON r7_rated.institution_id = r7.id
WHERE true AND (r7.region_code >= (%1$L::text[])[1] AND r7.region_code <= (%1$L::text[])[2] AND (cardinality(%1$L::text[]) = 2 OR r7.region_code = ANY ((%1$L::text[])[3:]))) AND (r7.kind = ANY (%2$L::text[])) AND ((r7_rated.stars IS NOT NULL) = %3$L::boolean)', VARIADIC ARRAY[(disclosure.region_span($5::text))::text, $6::text[]::text, $7::boolean::text]::text[]), $8::bigint) AS r2) AS answer, h.position,
  CASE WHEN isfinite(h.recorded_at) THEN to_char(h.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
  AS recorded_at
FROM disclosure.head AS h
