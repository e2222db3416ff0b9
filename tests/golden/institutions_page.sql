WITH found AS MATERIALIZED (SELECT disclosure.region_span($2::text) AS c0) SELECT (SELECT (SELECT JSON_OBJECT('totalCount' VALUE r2.total, 'pageInfo' VALUE JSON_OBJECT('hasNextPage' VALUE (count(*) > $1::bigint), 'endCursor' VALUE (array_agg(translate(encode(convert_to(JSON_ARRAY('997cd9816237', r1.key_0::text, r1.key_1, r1.key_2 NULL ON NULL RETURNING text), 'UTF8'), 'base64'), '+/=' || chr(10), '-_')
ORDER BY r1.place DESC) FILTER (WHERE r1.place <= $1::bigint))[1] RETURNING json), 'edges' VALUE coalesce(json_agg(JSON_OBJECT('cursor' VALUE translate(encode(convert_to(JSON_ARRAY('997cd9816237', r1.key_0::text, r1.key_1, r1.key_2 NULL ON NULL RETURNING text), 'UTF8'), 'base64'), '+/=' || chr(10), '-_'), 'node' VALUE JSON_OBJECT('code' VALUE r1.code, 'name' VALUE r1.name, 'organisation' VALUE (SELECT JSON_OBJECT('name' VALUE r3.name RETURNING json)
FROM disclosure.organisation AS r3
WHERE r3.id = r1.organisation_id
LIMIT 1) RETURNING json) RETURNING json)
ORDER BY r1.place ASC) FILTER (WHERE r1.place <= $1::bigint), '[]'::json) RETURNING json)
FROM (SELECT r4.place, r4.key_0, r4.key_1, r4.key_2, r5.*
FROM disclosure.page_of(format('SELECT 1
FROM disclosure.institution AS r6
LEFT JOIN disclosure.standing AS r6_rated ON r6_rated.institution_id = r6.id
WHERE true AND (r6.region_code >= (%1$L::text[])[1] AND r6.region_code <= (%1$L::text[])[2] AND (cardinality(%1$L::text[]) = 2 OR r6.region_code = ANY ((%1$L::text[])[3:]))) AND (r6.kind = ANY (%2$L::text[])) AND ((r6_rated.stars IS NOT NULL) = %3$L::boolean)', VARIADIC ARRAY[(SELECT f.c0
FROM found AS f)::text, $3::text[]::text, $4::boolean::text]::text[]), format('WITH page AS MATERIALIZED (WITH first AS (SELECT row_number() OVER () + 0 AS place, q.*
FROM (SELECT r8.id, (r8.way_0)::numeric AS key_0, (r8.way_1)::text AS key_1, (r8.way_2)::bigint AS key_2
FROM (SELECT r7.*, r7.score AS way_0, r7.name AS way_1, r7.id AS way_2
FROM disclosure.standing AS r7
WHERE r7.score IS NOT NULL
ORDER BY r7.score DESC, r7.name ASC, r7.id DESC
LIMIT $1) AS r8
WHERE true AND (r8.region_code >= (%1$L::text[])[1] AND r8.region_code <= (%1$L::text[])[2] AND (cardinality(%1$L::text[]) = 2 OR r8.region_code = ANY ((%1$L::text[])[3:]))) AND (r8.kind = ANY (%2$L::text[])) AND ((r8.stars IS NOT NULL) = %3$L::boolean)
ORDER BY r8.way_0 DESC, r8.way_1 ASC, r8.way_2 DESC
LIMIT %4$L::bigint + 1) AS q), second AS (SELECT row_number() OVER () + (SELECT count(*)
FROM first) AS place, q.*
FROM (SELECT r9.id, (r9.way_0)::numeric AS key_0, (r9.way_1)::text AS key_1, (r9.way_2)::bigint AS key_2
FROM (SELECT r7.*, r7.score AS way_0, r7.name AS way_1, r7.id AS way_2
FROM disclosure.standing AS r7
WHERE r7.score IS NULL
ORDER BY r7.score ASC, r7.name ASC, r7.id DESC
LIMIT 0 * $1) AS r9
WHERE true AND (r9.region_code >= (%1$L::text[])[1] AND r9.region_code <= (%1$L::text[])[2] AND (cardinality(%1$L::text[]) = 2 OR r9.region_code = ANY ((%1$L::text[])[3:]))) AND (r9.kind = ANY (%2$L::text[])) AND ((r9.stars IS NOT NULL) = %3$L::boolean)
ORDER BY r9.way_0 ASC, r9.way_1 ASC, r9.way_2 DESC
LIMIT %4$L::bigint + 1) AS q
LIMIT %4$L::bigint + 1 - (SELECT count(*)
FROM first)) SELECT *
FROM first UNION ALL SELECT *
FROM second) SELECT *
FROM page
WHERE (SELECT count(*)
FROM page) = %4$L::bigint + 1 OR $1 IS NULL', VARIADIC ARRAY[(SELECT f.c0
FROM found AS f)::text, $3::text[]::text, $4::boolean::text, $1::bigint::text]::text[]), NULL, format('SELECT row_number() OVER () + 0 AS place, q.*
FROM (SELECT *
FROM (SELECT r10.id, (r10_rated.score)::numeric AS key_0, (r10.name)::text AS key_1, (r10.id)::bigint AS key_2
FROM disclosure.institution AS r10
LEFT JOIN disclosure.standing AS r10_rated ON r10_rated.institution_id = r10.id
WHERE true AND (r10.region_code >= (%1$L::text[])[1] AND r10.region_code <= (%1$L::text[])[2] AND (cardinality(%1$L::text[]) = 2 OR r10.region_code = ANY ((%1$L::text[])[3:]))) AND (r10.kind = ANY (%2$L::text[])) AND ((r10_rated.stars IS NOT NULL) = %3$L::boolean) OFFSET 0) AS h
ORDER BY key_0 DESC NULLS LAST, key_1 ASC, key_2 DESC
LIMIT %4$L::bigint + 1) AS q', VARIADIC ARRAY[(SELECT f.c0
FROM found AS f)::text, $3::text[]::text, $4::boolean::text, $1::bigint::text]::text[]), $1::bigint + 1, false) AS r4(place bigint, id bigint, key_0 numeric, key_1 text, key_2 bigint) JOIN disclosure.institution AS r5 ON r5.id = r4.id) AS r1)
FROM disclosure.counted(format('SELECT 1
FROM disclosure.institution AS r11
LEFT JOIN disclosure.standing AS r11_rated ON r11_rated.institution_id = r11.id
WHERE true AND (r11.region_code >= (%1$L::text[])[1] AND r11.region_code <= (%1$L::text[])[2] AND (cardinality(%1$L::text[]) = 2 OR r11.region_code = ANY ((%1$L::text[])[3:]))) AND (r11.kind = ANY (%2$L::text[])) AND ((r11_rated.stars IS NOT NULL) = %3$L::boolean)', VARIADIC ARRAY[(SELECT f.c0
FROM found AS f)::text, $3::text[]::text, $4::boolean::text]::text[]), format('SELECT 1
FROM disclosure.institution AS r12
LEFT JOIN disclosure.standing AS r12_rated ON r12_rated.institution_id = r12.id
WHERE true AND (r12.region_code >= (%1$L::text[])[1] AND r12.region_code <= (%1$L::text[])[2] AND (cardinality(%1$L::text[]) = 2 OR r12.region_code = ANY ((%1$L::text[])[3:]))) AND (r12.kind = ANY (%2$L::text[])) AND ((r12_rated.stars IS NOT NULL) = %3$L::boolean)
ORDER BY (r12.id * 2654435761) %% 4294967296', VARIADIC ARRAY[(SELECT f.c0
FROM found AS f)::text, $3::text[]::text, $4::boolean::text]::text[]), $5::bigint) AS r2) AS answer, h.position,
  CASE WHEN isfinite(h.recorded_at) THEN to_char(h.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
  AS recorded_at
FROM disclosure.head AS h
