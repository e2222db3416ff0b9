UPDATE register.equivalence AS e
   SET to_rung = n.to_rung, effective = n.effective, legal_basis = n.legal_basis,
       change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.*, register.ordinal_base() + row_number() OVER (ORDER BY i.line) AS ordinal
          FROM pg_temp.import_resolved AS i WHERE i.changed) AS n
 WHERE e.id = n.existing_id
