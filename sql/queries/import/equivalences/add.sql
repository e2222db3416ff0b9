INSERT INTO register.equivalence (region_code, from_ladder, from_rung, to_ladder, to_rung, effective, legal_basis, change_id, ordinal)
SELECT i.region_code, i.from_ladder, i.from_rung, i.to_ladder, i.to_rung, i.effective, i.legal_basis,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.existing_id IS NULL
 ORDER BY i.line
