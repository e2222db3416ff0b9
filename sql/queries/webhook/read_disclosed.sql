-- A page of what everybody is told after a place, each change as the API writes it, NULL where nobody asked for it. What is told without a
-- code has lost its content, and whoever was told of it before cannot be known: so everybody is told.
SELECT c.position, c.ordinal,
       CASE WHEN ($5::text[] IS NULL OR c.code IS NULL OR c.code = ANY ($5::text[]))
             AND ($6::text IS NULL OR c.code IS NULL OR disclosure.lies_in(c.code, $6::text))
            THEN JSON_OBJECT(
              'cursor' VALUE translate(encode(convert_to(JSON_ARRAY('63285aba2806', c.position, c.ordinal NULL ON NULL RETURNING text), 'UTF8'), 'base64'), '+/=' || chr(10), '-_'),
              'position' VALUE c.position, 'ordinal' VALUE c.ordinal,
              'recordedAt' VALUE to_char(s.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
              'kind' VALUE c.kind,
              'entityId' VALUE translate(encode(convert_to(replace(initcap(replace(c.kind, '_', ' ')), ' ', '') || ':' || c.entity_id, 'UTF8'), 'base64'), '+/=' || chr(10), '-_'),
              'action' VALUE c.action, 'code' VALUE c.code, 'current' VALUE c.current, 'previous' VALUE c.previous,
              'cause' VALUE s.cause, 'source' VALUE s.source RETURNING text) END AS told
  FROM disclosure.changes($1::bigint, $2::bigint, $3::bigint, $4::text[]) AS c
  JOIN disclosure.change_set AS s ON s.id = c.change_id
 ORDER BY c.position, c.ordinal
