SELECT (SELECT (SELECT JSON_OBJECT('totalCount' VALUE r2.total, 'pageInfo' VALUE JSON_OBJECT('hasNextPage' VALUE (count(*) > $1::bigint) RETURNING json), 'nodes' VALUE coalesce(json_agg(JSON_OBJECT('kind' VALUE r1.list_kind, 'ground' VALUE (SELECT JSON_OBJECT('code' VALUE r3.code, 'nameEn' VALUE r3.name_en RETURNING json)
FROM disclosure.credit_ground AS r3
WHERE r3.code = r1.ground_code AND r3.effective_from <= r1.decided_on AND (r3.effective_to IS NULL OR r3.effective_to >= r1.decided_on)
LIMIT 1), 'subject' VALUE CASE WHEN r1.institution_id IS NOT NULL THEN (SELECT CASE WHEN true THEN JSON_OBJECT('__typename' VALUE 'Institution', 'code' VALUE r4.code RETURNING json) END
FROM disclosure.institution AS r4
WHERE r4.id = r1.institution_id
LIMIT 1) WHEN r1.organisation_id IS NOT NULL THEN (SELECT CASE WHEN true THEN JSON_OBJECT('__typename' VALUE 'Organisation', 'code' VALUE r5.code RETURNING json) END
FROM disclosure.organisation AS r5
WHERE r5.id = r1.organisation_id
LIMIT 1) WHEN true THEN (SELECT CASE WHEN true THEN JSON_OBJECT('__typename' VALUE 'ListedPerson', 'name' VALUE coalesce(r6.subject_name, ''), 'numberMask' VALUE r6.subject_code RETURNING json) END
FROM (SELECT r1.subject_name, r1.subject_code) AS r6
WHERE true
LIMIT 1) END, 'decidedOn' VALUE r1.decided_on, 'inForceTo' VALUE r1.in_force_to, 'earliestRepair' VALUE CASE WHEN r1.list_kind <> 'RED' THEN r1.repair_from END, 'endKind' VALUE r1.end_kind RETURNING json)
ORDER BY r1.place ASC) FILTER (WHERE r1.place <= $1::bigint), '[]'::json) RETURNING json)
FROM (SELECT r7.place, r7.key_0, r7.key_1, r8.*
FROM disclosure.page_among(format('SELECT 1
FROM (SELECT l.*, NULL::bigint AS person_id, NULL::boolean AS repair_pending, NULL::date AS ended_on, NULL::text AS end_kind, NULL::text AS end_reason, NULL::text AS end_document_number, NULL::text AS evidence
FROM disclosure.listed_entry AS l) AS r9
WHERE true AND (r9.list_kind = ANY (%1$L::text[]))', VARIADIC ARRAY[$2::text[]::text]::text[]), format('SELECT row_number() OVER () + 0 AS place, q.*
FROM (SELECT r10.id, (r10.decided_on)::date AS key_0, (r10.id)::bigint AS key_1
FROM (SELECT l.*, NULL::bigint AS person_id, NULL::boolean AS repair_pending, NULL::date AS ended_on, NULL::text AS end_kind, NULL::text AS end_reason, NULL::text AS end_document_number, NULL::text AS evidence
FROM disclosure.listed_entry AS l) AS r10
WHERE true AND (r10.list_kind = ANY (%1$L::text[])) AND true
ORDER BY r10.decided_on DESC, r10.id DESC
LIMIT %2$L::bigint + 1) AS q', VARIADIC ARRAY[$2::text[]::text, $1::bigint::text]::text[]), format('SELECT row_number() OVER () + 0 AS place, q.*
FROM (SELECT *
FROM (SELECT r11.id, (r11.decided_on)::date AS key_0, (r11.id)::bigint AS key_1
FROM (SELECT l.*, NULL::bigint AS person_id, NULL::boolean AS repair_pending, NULL::date AS ended_on, NULL::text AS end_kind, NULL::text AS end_reason, NULL::text AS end_document_number, NULL::text AS evidence
FROM disclosure.listed_entry AS l) AS r11
WHERE true AND (r11.list_kind = ANY (%1$L::text[])) OFFSET 0) AS h
ORDER BY key_0 DESC, key_1 DESC
LIMIT %2$L::bigint + 1) AS q', VARIADIC ARRAY[$2::text[]::text, $1::bigint::text]::text[]), $3::bigint, $4::text) AS r7(place bigint, id bigint, key_0 date, key_1 bigint) JOIN (SELECT l.*, NULL::bigint AS person_id, NULL::boolean AS repair_pending, NULL::date AS ended_on, NULL::text AS end_kind, NULL::text AS end_reason, NULL::text AS end_document_number, NULL::text AS evidence
FROM disclosure.listed_entry AS l) AS r8 ON r8.id = r7.id) AS r1)
FROM disclosure.counted(format('SELECT 1
FROM (SELECT l.*, NULL::bigint AS person_id, NULL::boolean AS repair_pending, NULL::date AS ended_on, NULL::text AS end_kind, NULL::text AS end_reason, NULL::text AS end_document_number, NULL::text AS evidence
FROM disclosure.listed_entry AS l) AS r12
WHERE true AND (r12.list_kind = ANY (%1$L::text[]))', VARIADIC ARRAY[$2::text[]::text]::text[]), format('SELECT 1
FROM (SELECT l.*, NULL::bigint AS person_id, NULL::boolean AS repair_pending, NULL::date AS ended_on, NULL::text AS end_kind, NULL::text AS end_reason, NULL::text AS end_document_number, NULL::text AS evidence
FROM disclosure.listed_entry AS l) AS r13
WHERE true AND (r13.list_kind = ANY (%1$L::text[]))
ORDER BY r13.decided_on DESC, r13.id DESC', VARIADIC ARRAY[$2::text[]::text]::text[]), $5::bigint) AS r2) AS answer, h.position,
  CASE WHEN isfinite(h.recorded_at) THEN to_char(h.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
  AS recorded_at
FROM disclosure.head AS h
