SELECT (SELECT (SELECT JSON_OBJECT('totalCount' VALUE r2.total, 'pageInfo' VALUE JSON_OBJECT('hasNextPage' VALUE (count(*) > $1::bigint), 'endCursor' VALUE (array_agg(translate(encode(convert_to(JSON_ARRAY('997cd9816237', r1.key_0::text, r1.key_1, r1.key_2 NULL ON NULL RETURNING text), 'UTF8'), 'base64'), '+/=' || chr(10), '-_')
ORDER BY r1.place DESC) FILTER (WHERE r1.place <= $1::bigint))[1] RETURNING json), 'edges' VALUE coalesce(json_agg(JSON_OBJECT('cursor' VALUE translate(encode(convert_to(JSON_ARRAY('997cd9816237', r1.key_0::text, r1.key_1, r1.key_2 NULL ON NULL RETURNING text), 'UTF8'), 'base64'), '+/=' || chr(10), '-_'), 'node' VALUE JSON_OBJECT('code' VALUE r1.code, 'name' VALUE r1.name, 'organisation' VALUE (SELECT JSON_OBJECT('name' VALUE r3.name RETURNING json)
FROM disclosure.organisation AS r3
WHERE r3.id = r1.organisation_id
LIMIT 1) RETURNING json) RETURNING json)
ORDER BY r1.place ASC) FILTER (WHERE r1.place <= $1::bigint), '[]'::json) RETURNING json)
FROM (SELECT r4.place, r4.key_0, r4.key_1, r4.key_2, r5.*
FROM disclosure.page_of(format('SELECT 1
FROM disclosure.institution AS r6
LEFT JOIN (SELECT s.*, NULL::bigint AS recorded_to, NULL::timestamptz AS superseded_at
FROM disclosure.rating AS s) AS r6_rated ON r6_rated.institution_id = r6.id
WHERE true AND (r6.region_code >= (%1$L::text[])[1] AND r6.region_code <= (%1$L::text[])[2] AND (cardinality(%1$L::text[]) = 2 OR r6.region_code = ANY ((%1$L::text[])[3:]))) AND (r6.kind = ANY (%2$L::text[])) AND ((r6_rated.stars IS NOT NULL) = %3$L::boolean)', VARIADIC ARRAY[(disclosure.region_span($2::text))::text, $3::text[]::text, $4::boolean::text]::text[]), format('WITH page AS MATERIALIZED (SELECT row_number() OVER () + 0 AS place, q.*
FROM (SELECT r9.id, r9.key_0, r9.key_1, r9.key_2
FROM (SELECT r7.id, (r7_rated.score)::numeric AS key_0, (r7.name)::text AS key_1, (r7.id)::bigint AS key_2, r7_rated.score AS way_0, r7.name AS way_1, r7.id AS way_2
FROM disclosure.institution AS r7
LEFT JOIN (SELECT s.*, NULL::bigint AS recorded_to, NULL::timestamptz AS superseded_at
FROM disclosure.rating AS s) AS r7_rated ON r7_rated.institution_id = r7.id
WHERE r7_rated.score IS NOT NULL
ORDER BY r7_rated.score DESC, r7.name ASC, r7.id DESC
LIMIT 2 * disclosure.few(%1$L::bigint + 1)) AS r9 JOIN disclosure.institution AS r8 ON r9.id = r8.id
LEFT JOIN (SELECT s.*, NULL::bigint AS recorded_to, NULL::timestamptz AS superseded_at
FROM disclosure.rating AS s) AS r8_rated ON r8_rated.institution_id = r8.id
WHERE true AND (r8.region_code >= (%2$L::text[])[1] AND r8.region_code <= (%2$L::text[])[2] AND (cardinality(%2$L::text[]) = 2 OR r8.region_code = ANY ((%2$L::text[])[3:]))) AND (r8.kind = ANY (%3$L::text[])) AND ((r8_rated.stars IS NOT NULL) = %4$L::boolean)
ORDER BY r9.way_0 DESC, r9.way_1 ASC, r9.way_2 DESC
LIMIT %1$L::bigint + 1) AS q) SELECT *
FROM page
WHERE (SELECT count(*)
FROM page) = %1$L::bigint + 1', VARIADIC ARRAY[$1::bigint::text, (disclosure.region_span($5::text))::text, $6::text[]::text, $7::boolean::text]::text[]), format('SELECT row_number() OVER () + 0 AS place, q.*
FROM (SELECT *
FROM (SELECT r10.id, (r10_rated.score)::numeric AS key_0, (r10.name)::text AS key_1, (r10.id)::bigint AS key_2
FROM disclosure.institution AS r10
LEFT JOIN (SELECT s.*, NULL::bigint AS recorded_to, NULL::timestamptz AS superseded_at
FROM disclosure.rating AS s) AS r10_rated ON r10_rated.institution_id = r10.id
WHERE true AND (r10.region_code >= (%1$L::text[])[1] AND r10.region_code <= (%1$L::text[])[2] AND (cardinality(%1$L::text[]) = 2 OR r10.region_code = ANY ((%1$L::text[])[3:]))) AND (r10.kind = ANY (%2$L::text[])) AND ((r10_rated.stars IS NOT NULL) = %3$L::boolean) OFFSET 0) AS h
ORDER BY key_0 DESC NULLS LAST, key_1 ASC, key_2 DESC
LIMIT %4$L::bigint + 1) AS q', VARIADIC ARRAY[(disclosure.region_span($8::text))::text, $9::text[]::text, $10::boolean::text, $1::bigint::text]::text[]), $1::bigint + 1) AS r4(place bigint, id bigint, key_0 numeric, key_1 text, key_2 bigint) JOIN disclosure.institution AS r5 ON r5.id = r4.id) AS r1)
FROM disclosure.counted(format('SELECT 1
FROM disclosure.institution AS r11
LEFT JOIN (SELECT s.*, NULL::bigint AS recorded_to, NULL::timestamptz AS superseded_at
FROM disclosure.rating AS s) AS r11_rated ON r11_rated.institution_id = r11.id
WHERE true AND (r11.region_code >= (%1$L::text[])[1] AND r11.region_code <= (%1$L::text[])[2] AND (cardinality(%1$L::text[]) = 2 OR r11.region_code = ANY ((%1$L::text[])[3:]))) AND (r11.kind = ANY (%2$L::text[])) AND ((r11_rated.stars IS NOT NULL) = %3$L::boolean)', VARIADIC ARRAY[(disclosure.region_span($11::text))::text, $12::text[]::text, $13::boolean::text]::text[]), $14::bigint) AS r2) AS answer, h.position,
  CASE WHEN isfinite(h.recorded_at) THEN to_char(h.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
  AS recorded_at
FROM disclosure.head AS h
