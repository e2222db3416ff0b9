SELECT i.id,
       r.id AS region,
       array_position($1::text[], i.kind)::smallint AS kind,
       array_position($2::text[], i.scheme)::smallint AS scheme,
       i.beds
  FROM institution AS i
  JOIN LATERAL (
    SELECT r.id FROM region AS r WHERE r.code = i.region_code
     ORDER BY r.valid @> $3::date DESC, lower(r.valid) DESC LIMIT 1) AS r ON true
 WHERE i.status = 'ACTIVE' AND coalesce(i.opened_on <= $3::date, true) AND coalesce(i.closed_on >= $3::date, true)
   AND ($4::bigint[] IS NULL OR i.id = ANY ($4::bigint[]))
 ORDER BY i.id
