SELECT r.relation, r.code, lower(r.effective) AS effective_from, upper(r.effective) - 1 AS effective_to, r.legal_basis, r.confirmed,
       (r.content - ARRAY['id', 'effective', 'legal_basis', 'confirmed'])::text AS content
  FROM register.rule AS r
 WHERE r.relation = ANY ($1::text[]) AND ($2::date IS NULL OR r.effective @> $2::date) AND NOT ($3::boolean AND r.confirmed)
 ORDER BY array_position($1::text[], r.relation), r.code, r.effective
