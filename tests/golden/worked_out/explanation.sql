SELECT (SELECT JSON_OBJECT('name' VALUE r1.name, 'explanation' VALUE (SELECT JSON_OBJECT('policy' VALUE (SELECT JSON_OBJECT('code' VALUE r3.code, 'version' VALUE r3.version RETURNING json)
FROM disclosure.rating_policy AS r3
WHERE r3.id = (r2.entry ->> 'policy_id')::bigint
LIMIT 1), 'run' VALUE (SELECT JSON_OBJECT('kind' VALUE r4.kind, 'asOf' VALUE r4.as_of RETURNING json)
FROM disclosure.rating_run AS r4
WHERE r4.id = (r2.entry ->> 'run_id')::bigint
LIMIT 1), 'asOf' VALUE r2.entry ->> 'as_of', 'publishedAt' VALUE r2.entry ->> 'published_at', 'reproduced' VALUE r2.entry -> 'reproduced', 'countsWithheld' VALUE r2.entry -> 'counts_withheld', 'measures' VALUE (SELECT coalesce(json_agg(JSON_OBJECT('code' VALUE r5.entry ->> 'code', 'source' VALUE upper(replace(r5.entry ->> 'source', '-', '_')), 'numerator' VALUE r5.entry -> 'numerator', 'denominator' VALUE r5.entry -> 'denominator', 'value' VALUE r5.entry ->> 'value' RETURNING json)
ORDER BY r5.place), '[]'::json)
FROM jsonb_array_elements(r2.entry -> 'measures') WITH ORDINALITY AS r5(entry, place)
WHERE true), 'indicators' VALUE (SELECT coalesce(json_agg(JSON_OBJECT('code' VALUE r6.entry ->> 'code', 'value' VALUE r6.entry ->> 'value', 'transform' VALUE (SELECT JSON_OBJECT('kind' VALUE upper(replace(r7.entry ->> 'kind', '-', '_')), 'values' VALUE r7.entry -> 'values', 'cuts' VALUE r7.entry -> 'cuts', 'points' VALUE r7.entry -> 'points' RETURNING json)
FROM (SELECT r6.entry -> 'transform' AS entry) AS r7
WHERE jsonb_typeof(r7.entry) = 'object'
LIMIT 1), 'points' VALUE r6.entry ->> 'points', 'mostPoints' VALUE r6.entry ->> 'most_points', 'weight' VALUE r6.entry ->> 'weight', 'contribution' VALUE r6.entry ->> 'contribution', 'missingRule' VALUE r6.entry ->> 'missing_rule' RETURNING json)
ORDER BY r6.place), '[]'::json)
FROM jsonb_array_elements(r2.entry -> 'indicators') WITH ORDINALITY AS r6(entry, place)
WHERE true), 'domains' VALUE (SELECT coalesce(json_agg(JSON_OBJECT('code' VALUE r8.entry ->> 'code', 'points' VALUE r8.entry ->> 'points', 'weight' VALUE r8.entry ->> 'weight', 'grade' VALUE r8.entry -> 'grade', 'indicators' VALUE r8.entry -> 'indicators' RETURNING json)
ORDER BY r8.place), '[]'::json)
FROM jsonb_array_elements(r2.entry -> 'domains') WITH ORDINALITY AS r8(entry, place)
WHERE true), 'stages' VALUE (SELECT coalesce(json_agg(JSON_OBJECT('stage' VALUE upper(replace(r9.entry ->> 'stage', '-', '_')), 'code' VALUE r9.entry ->> 'code', 'applied' VALUE r9.entry -> 'applied', 'before' VALUE r9.entry -> 'before', 'after' VALUE r9.entry -> 'after', 'title' VALUE (SELECT JSON_OBJECT('en' VALUE r10.entry ->> 'en' RETURNING json)
FROM (SELECT r9.entry -> 'title' AS entry) AS r10
WHERE jsonb_typeof(r10.entry) = 'object'
LIMIT 1), 'demand' VALUE (SELECT JSON_OBJECT('of' VALUE r11.entry ->> 'of', 'value' VALUE r11.entry ->> 'value', 'atLeast' VALUE r11.entry -> 'at_least' RETURNING json)
FROM (SELECT r9.entry -> 'demand' AS entry) AS r11
WHERE jsonb_typeof(r11.entry) = 'object'
LIMIT 1) RETURNING json)
ORDER BY r9.place), '[]'::json)
FROM jsonb_array_elements(r2.entry -> 'stages') WITH ORDINALITY AS r9(entry, place)
WHERE true), 'score' VALUE r2.entry ->> 'score', 'stars' VALUE r2.entry -> 'stars', 'grade' VALUE (SELECT JSON_OBJECT('code' VALUE r12.entry ->> 'code', 'title' VALUE (SELECT JSON_OBJECT('zh' VALUE r13.entry ->> 'zh', 'en' VALUE r13.entry ->> 'en' RETURNING json)
FROM (SELECT r12.entry -> 'title' AS entry) AS r13
WHERE jsonb_typeof(r13.entry) = 'object'
LIMIT 1) RETURNING json)
FROM (SELECT r2.entry -> 'grade' AS entry) AS r12
WHERE jsonb_typeof(r12.entry) = 'object'
LIMIT 1), 'reason' VALUE (SELECT JSON_OBJECT('code' VALUE r14.entry ->> 'code' RETURNING json)
FROM (SELECT r2.entry -> 'reason' AS entry) AS r14
WHERE jsonb_typeof(r14.entry) = 'object'
LIMIT 1), 'rank' VALUE (SELECT JSON_OBJECT('nation' VALUE r15.entry -> 'nation', 'region' VALUE r15.entry -> 'region', 'kind' VALUE r15.entry -> 'kind' RETURNING json)
FROM (SELECT r2.entry -> 'ranks' AS entry) AS r15
WHERE jsonb_typeof(r15.entry) = 'object'
LIMIT 1), 'change' VALUE (SELECT JSON_OBJECT('sinceDay' VALUE r16.entry ->> 'as_of', 'sinceRun' VALUE (SELECT JSON_OBJECT('asOf' VALUE r17.as_of RETURNING json)
FROM disclosure.rating_run AS r17
WHERE r17.id = (r16.entry ->> 'run_id')::bigint
LIMIT 1), 'score' VALUE r16.entry ->> 'score', 'grades' VALUE r16.entry -> 'grades', 'parts' VALUE (SELECT coalesce(json_agg(JSON_OBJECT('part' VALUE upper(replace(r18.entry ->> 'part', '-', '_')), 'score' VALUE r18.entry ->> 'score', 'grades' VALUE r18.entry -> 'grades' RETURNING json)
ORDER BY r18.place), '[]'::json)
FROM jsonb_array_elements(r16.entry -> 'parts') WITH ORDINALITY AS r18(entry, place)
WHERE true) RETURNING json)
FROM (SELECT r2.entry -> 'change' AS entry) AS r16
WHERE jsonb_typeof(r16.entry) = 'object'
LIMIT 1), 'credit' VALUE (SELECT JSON_OBJECT('day' VALUE r19.entry ->> 'day', 'stars' VALUE r19.entry -> 'stars', 'suspended' VALUE r19.entry -> 'suspended', 'score' VALUE r19.entry ->> 'score', 'caps' VALUE (SELECT coalesce(json_agg(JSON_OBJECT('code' VALUE r20.entry ->> 'code', 'atMost' VALUE r20.entry -> 'at_most', 'entry' VALUE (SELECT JSON_OBJECT('kind' VALUE r21.list_kind RETURNING json)
FROM (SELECT l.*, NULL::bigint AS person_id, NULL::boolean AS repair_pending, NULL::date AS ended_on, NULL::text AS end_kind, NULL::text AS end_reason, NULL::text AS end_document_number, NULL::text AS evidence
FROM disclosure.listed_entry AS l) AS r21
WHERE r21.id = (r20.entry ->> 'entry_id')::bigint
LIMIT 1) RETURNING json)
ORDER BY r20.place), '[]'::json)
FROM jsonb_array_elements(r19.entry -> 'caps') WITH ORDINALITY AS r20(entry, place)
WHERE true), 'points' VALUE (SELECT coalesce(json_agg(JSON_OBJECT('code' VALUE r22.entry ->> 'code', 'points' VALUE r22.entry ->> 'points' RETURNING json)
ORDER BY r22.place), '[]'::json)
FROM jsonb_array_elements(r19.entry -> 'points') WITH ORDINALITY AS r22(entry, place)
WHERE true) RETURNING json)
FROM (SELECT r2.entry -> 'credit' AS entry) AS r19
WHERE jsonb_typeof(r19.entry) = 'object'
LIMIT 1), 'wayUp' VALUE (SELECT JSON_OBJECT('target' VALUE (SELECT JSON_OBJECT('stars' VALUE r24.entry -> 'stars' RETURNING json)
FROM (SELECT r23.entry -> 'target' AS entry) AS r24
WHERE jsonb_typeof(r24.entry) = 'object'
LIMIT 1), 'ways' VALUE (SELECT coalesce(json_agg(JSON_OBJECT('way' VALUE upper(replace(r25.entry ->> 'way', '-', '_')), 'count' VALUE r25.entry -> 'count', 'searchedUpTo' VALUE r25.entry -> 'searched_up_to', 'score' VALUE r25.entry ->> 'score' RETURNING json)
ORDER BY r25.place), '[]'::json)
FROM jsonb_array_elements(r23.entry -> 'ways') WITH ORDINALITY AS r25(entry, place)
WHERE true), 'obstacles' VALUE (SELECT coalesce(json_agg(JSON_OBJECT('stage' VALUE upper(replace(r26.entry ->> 'stage', '-', '_')), 'code' VALUE r26.entry ->> 'code', 'of' VALUE r26.entry ->> 'of', 'value' VALUE r26.entry ->> 'value', 'demand' VALUE r26.entry ->> 'demand' RETURNING json)
ORDER BY r26.place), '[]'::json)
FROM jsonb_array_elements(r23.entry -> 'obstacles') WITH ORDINALITY AS r26(entry, place)
WHERE true), 'remaining' VALUE (SELECT coalesce(json_agg(JSON_OBJECT('code' VALUE r27.entry ->> 'code' RETURNING json)
ORDER BY r27.place), '[]'::json)
FROM jsonb_array_elements(r23.entry -> 'remaining') WITH ORDINALITY AS r27(entry, place)
WHERE true) RETURNING json)
FROM (SELECT r2.entry -> 'way_up' AS entry) AS r23
WHERE jsonb_typeof(r23.entry) = 'object'
LIMIT 1) RETURNING json)
FROM (SELECT $1::jsonb AS entry) AS r2
WHERE r2.entry IS NOT NULL) RETURNING json)
FROM disclosure.institution AS r1
WHERE r1.code = $2::text
LIMIT 1) AS answer, h.position,
  CASE WHEN isfinite(h.recorded_at) THEN to_char(h.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
  AS recorded_at
FROM disclosure.head AS h
