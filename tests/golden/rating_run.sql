SELECT (SELECT JSON_OBJECT('nodes' VALUE coalesce(json_agg(JSON_OBJECT('policies' VALUE (SELECT coalesce(json_agg(JSON_OBJECT('population' VALUE r2.population, 'rated' VALUE r2.rated, 'countsByStars' VALUE to_json(r2.counts_by_stars), 'distribution' VALUE (SELECT coalesce(json_agg(JSON_OBJECT('measure' VALUE r3.entry ->> 'measure', 'present' VALUE r3.entry -> 'present', 'missing' VALUE r3.entry -> 'missing', 'quantiles' VALUE (SELECT coalesce(json_agg(JSON_OBJECT('percent' VALUE r4.percent, 'value' VALUE round(r4.scaled / power(10::numeric, r4.decimals), r4.decimals)::text RETURNING json)
ORDER BY r4.percent), '[]'::json)
FROM (SELECT (ARRAY[0, 5, 25, 50, 75, 95, 100])[q.place] AS percent, q.value::numeric AS scaled, (r3.entry ->> 'decimals')::integer AS decimals
FROM jsonb_array_elements_text(r3.entry -> 'quantiles') WITH ORDINALITY AS q(value, place)) AS r4
WHERE true) RETURNING json)
ORDER BY r3.place), '[]'::json)
FROM jsonb_array_elements(r2.distribution) WITH ORDINALITY AS r3(entry, place)
WHERE true), 'weights' VALUE (SELECT coalesce(json_agg(JSON_OBJECT('indicator' VALUE r5.indicator, 'base' VALUE ((r5.entry ->> 'base')::numeric / 1000000)::numeric(20, 6)::text, 'objective' VALUE ((r5.entry ->> 'objective')::numeric / 1000000)::numeric(20, 6)::text, 'low' VALUE ((r5.entry ->> 'low')::numeric / 1000000)::numeric(20, 6)::text, 'high' VALUE ((r5.entry ->> 'high')::numeric / 1000000)::numeric(20, 6)::text, 'final' VALUE ((r5.entry ->> 'final')::numeric / 1000000)::numeric(20, 6)::text RETURNING json)
ORDER BY r5.indicator COLLATE "C"), '[]'::json)
FROM jsonb_each(r2.weights) WITH ORDINALITY AS r5(indicator, entry, place)
WHERE true), 'moves' VALUE (SELECT coalesce(json_agg(JSON_OBJECT('fromStars' VALUE nullif((r6.entry ->> 0)::integer, 0), 'toStars' VALUE nullif((r6.entry ->> 1)::integer, 0), 'institutions' VALUE (r6.entry ->> 2)::integer RETURNING json)
ORDER BY r6.place), '[]'::json)
FROM jsonb_array_elements(r2.moves) WITH ORDINALITY AS r6(entry, place)
WHERE true), 'movesSince' VALUE (SELECT JSON_OBJECT('asOf' VALUE r7.as_of RETURNING json)
FROM disclosure.rating_run AS r7
WHERE r7.id = r2.moves_since_run_id
LIMIT 1) RETURNING json)
ORDER BY r2.policy_id), '[]'::json)
FROM disclosure.rating_run_policy AS r2
WHERE r2.run_id = r1.id) RETURNING json)
ORDER BY r1.place DESC) FILTER (WHERE r1.place <= $1::bigint), '[]'::json) RETURNING json)
FROM (SELECT row_number() OVER () AS place, q.*
FROM (SELECT r8.*, r8.recorded_from AS key_0, r8.id AS key_1
FROM disclosure.rating_run AS r8
WHERE true
ORDER BY r8.recorded_from ASC, r8.id ASC
LIMIT $1::bigint + 1) AS q) AS r1) AS answer, h.position,
  CASE WHEN isfinite(h.recorded_at) THEN to_char(h.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
  AS recorded_at
FROM disclosure.head AS h
