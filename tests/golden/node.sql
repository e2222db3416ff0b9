SELECT (SELECT JSON_OBJECT('__typename' VALUE 'Institution', 'id' VALUE translate(encode(convert_to('Institution:' || r1.id, 'UTF8'), 'base64'), '+/=' || chr(10), '-_'), 'code' VALUE r1.code RETURNING json)
FROM disclosure.institution AS r1
WHERE r1.id = $1::bigint) AS answer, h.position,
  CASE WHEN isfinite(h.recorded_at) THEN to_char(h.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
  AS recorded_at
FROM disclosure.head AS h
