CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT s.*, daterange(s.effective_from, s.effective_to, '[]') AS effective,
       EXISTS (SELECT FROM register.region AS r WHERE r.code = s.region_code) AS region_known,
       e.id AS existing_id, e.change_id AS standing_change,
       e.id IS NOT NULL AND (e.to_rung, e.effective, e.legal_basis)
                            IS DISTINCT FROM (s.to_rung, daterange(s.effective_from, s.effective_to, '[]'), s.legal_basis) AS changed
  FROM pg_temp.import_staged AS s
  LEFT JOIN register.equivalence AS e
    ON e.region_code = s.region_code AND e.from_ladder = s.from_ladder AND e.from_rung = s.from_rung AND e.to_ladder = s.to_ladder
   AND lower(e.effective) = s.effective_from
