SELECT (SELECT JSON_OBJECT('nodes' VALUE coalesce(json_agg(JSON_OBJECT('position' VALUE r1.position, 'ordinal' VALUE r1.ordinal, 'kind' VALUE r1.kind, 'action' VALUE r1.action, 'code' VALUE r1.code RETURNING json)
ORDER BY r1.place ASC) FILTER (WHERE r1.place <= $1::bigint), '[]'::json), 'pageInfo' VALUE JSON_OBJECT('endCursor' VALUE (array_agg(translate(encode(convert_to(JSON_ARRAY('63285aba2806', r1.key_0, r1.key_1 NULL ON NULL RETURNING text), 'UTF8'), 'base64'), '+/=' || chr(10), '-_')
ORDER BY r1.place DESC) FILTER (WHERE r1.place <= $1::bigint))[1] RETURNING json) RETURNING json)
FROM (SELECT row_number() OVER () AS place, q.*
FROM (SELECT r2.*, r2.position AS key_0, r2.ordinal AS key_1
FROM (SELECT c.*, s.recorded_at, s.cause, s.source
FROM disclosure.changes($2::bigint, $3::bigint, $1::bigint + 1, $4::text[]) AS c
  JOIN disclosure.change_set AS s ON s.id = c.change_id) AS r2
WHERE true
ORDER BY r2.position ASC, r2.ordinal ASC
LIMIT $1::bigint + 1) AS q) AS r1) AS answer, h.position,
  CASE WHEN isfinite(h.recorded_at) THEN to_char(h.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
  AS recorded_at
FROM disclosure.head AS h
