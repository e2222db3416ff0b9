INSERT INTO register.accreditation (evaluation_organisation_id, accredited, withdrawn_from, withdrawal_reason, change_id, ordinal)
SELECT v.id, i.accredited, i.withdrawn_from, i.withdrawal_reason,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
  JOIN register.evaluation_organisation AS v ON v.code = i.evaluator_code
 WHERE i.existing_id IS NULL
 ORDER BY i.line
