INSERT INTO register.evaluation_organisation (code, name, evaluator_type, region_code, organisation_id, change_id, ordinal)
SELECT i.evaluator_code, i.name, i.evaluator_type, i.region_code, i.organisation_id,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.evaluator_id IS NULL AND i.speaks
 ORDER BY i.line
