SELECT (SELECT JSON_OBJECT('name' VALUE r1.name, 'beds' VALUE r1.beds, 'rating' VALUE (SELECT JSON_OBJECT('stars' VALUE least(r2.stars, r2.capped), 'rank' VALUE JSON_OBJECT('nation' VALUE r2_ranks.nation RETURNING json) RETURNING json)
FROM (SELECT f.*, r1.organisation_id AS organisation_id, (SELECT min((SELECT min(c.at_most)
FROM disclosure.credit_cap AS c
WHERE c.policy_id = f.policy_id AND c.list_kind = b.list_kind AND c.ground IN ('', b.ground_code) AND (c.while_disputed OR NOT b.disputed)))
FROM (SELECT e.id AS entry_id, e.list_kind, e.ground_code, e.disputed
FROM (SELECT v.*
FROM disclosure.listed_entry_version AS v
WHERE v.recorded_from <= $1::bigint AND (v.recorded_to IS NULL OR v.recorded_to > $1::bigint) AND v.in_force_from <= $2::date AND (v.in_force_to IS NULL OR v.in_force_to >= $2::date)) AS e
WHERE e.institution_id = f.institution_id UNION ALL SELECT e.id AS entry_id, e.list_kind, e.ground_code, e.disputed
FROM (SELECT v.*
FROM disclosure.listed_entry_version AS v
WHERE v.recorded_from <= $1::bigint AND (v.recorded_to IS NULL OR v.recorded_to > $1::bigint) AND v.in_force_from <= $2::date AND (v.in_force_to IS NULL OR v.in_force_to >= $2::date)) AS e
WHERE e.organisation_id = r1.organisation_id) AS b) AS capped
FROM (SELECT v.*
FROM disclosure.rating_version AS v
WHERE v.recorded_from <= $1::bigint AND (v.recorded_to IS NULL OR v.recorded_to > $1::bigint)) AS f
WHERE f.institution_id = r1.id
LIMIT 1) AS r2
LEFT JOIN LATERAL (SELECT b.nation[p.place] AS nation, b.region[p.place] AS region, b.kind[p.place] AS kind
FROM disclosure.rating_rank_block AS b
CROSS JOIN LATERAL array_position(b.members, (r2.institution_id % 1000)::integer) AS p (place)
WHERE b.run_id = (SELECT rp.run_id
FROM disclosure.rating_run_policy AS rp JOIN (SELECT v.*
FROM disclosure.rating_run AS v
WHERE v.recorded_from <= $1::bigint) AS n ON n.id = rp.run_id AND n.kind = 'FULL'
WHERE rp.policy_id = r2.policy_id AND (r2.recorded_to IS NULL OR n.recorded_from < r2.recorded_to)
ORDER BY rp.run_id DESC
LIMIT 1) AND b.policy_id = r2.policy_id AND b.block = r2.institution_id / 1000) AS r2_ranks ON true
WHERE r2.stars IS NOT NULL AND coalesce(r2.capped, 1) > 0
LIMIT 1), 'organisation' VALUE (SELECT JSON_OBJECT('institutions' VALUE (SELECT JSON_OBJECT('nodes' VALUE coalesce(json_agg(JSON_OBJECT('name' VALUE r4.name RETURNING json)
ORDER BY r4.place DESC) FILTER (WHERE r4.place <= $3::bigint), '[]'::json) RETURNING json)
FROM (SELECT row_number() OVER () AS place, q.*
FROM (SELECT r5.*, r5.code AS key_0, r5.id AS key_1
FROM (SELECT v.*
FROM disclosure.institution_version AS v
WHERE v.recorded_from <= $1::bigint AND (v.recorded_to IS NULL OR v.recorded_to > $1::bigint)) AS r5
WHERE r5.organisation_id = r3.id
ORDER BY r5.code DESC, r5.id DESC
LIMIT $3::bigint + 1) AS q) AS r4) RETURNING json)
FROM (SELECT v.*
FROM disclosure.organisation_version AS v
WHERE v.recorded_from <= $1::bigint AND (v.recorded_to IS NULL OR v.recorded_to > $1::bigint)) AS r3
WHERE r3.id = r1.organisation_id
LIMIT 1) RETURNING json)
FROM (SELECT v.*
FROM disclosure.institution_version AS v
WHERE v.recorded_from <= $1::bigint AND (v.recorded_to IS NULL OR v.recorded_to > $1::bigint)) AS r1
WHERE r1.code = $4::text
LIMIT 1) AS answer, h.position,
  CASE WHEN isfinite(h.recorded_at) THEN to_char(h.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
  AS recorded_at
FROM disclosure.head AS h
