INSERT INTO register.import_rule (rule, kind, source, value, effective, legal_basis, change_id, ordinal)
SELECT i.rule, i.kind, i.source, i.value, i.effective, i.legal_basis,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.existing_id IS NULL
 ORDER BY i.line
