CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT s.line, s.rule, coalesce(s.kind, '') AS kind, coalesce(s.source, '') AS source, s.value, s.effective_from, s.effective_to,
       s.legal_basis, daterange(s.effective_from, s.effective_to, '[]') AS effective, r.id AS existing_id, r.change_id AS standing_change,
       r.id IS NOT NULL AND (r.value, r.effective, r.legal_basis)
                            IS DISTINCT FROM (s.value, daterange(s.effective_from, s.effective_to, '[]'), s.legal_basis) AS changed
  FROM pg_temp.import_staged AS s
  LEFT JOIN register.import_rule AS r
    ON r.rule = s.rule AND r.kind = coalesce(s.kind, '') AND r.source = coalesce(s.source, '') AND lower(r.effective) = s.effective_from
