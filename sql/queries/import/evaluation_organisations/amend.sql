UPDATE register.accreditation AS a
   SET accredited = n.accredited, withdrawn_from = n.withdrawn_from, withdrawal_reason = n.withdrawal_reason,
       change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.*, register.ordinal_base() + row_number() OVER (ORDER BY i.line) AS ordinal
          FROM pg_temp.import_resolved AS i WHERE i.accreditation_differs) AS n
 WHERE a.id = n.existing_id
