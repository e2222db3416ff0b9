UPDATE register.import_rule AS r
   SET value = n.value, effective = n.effective, legal_basis = n.legal_basis,
       change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.*, register.ordinal_base() + row_number() OVER (ORDER BY i.line) AS ordinal
          FROM pg_temp.import_resolved AS i WHERE i.changed) AS n
 WHERE r.id = n.existing_id
