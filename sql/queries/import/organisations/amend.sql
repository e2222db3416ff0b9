UPDATE register.organisation AS o
   SET name = n.name, legal_form = n.legal_form, region_code = n.region_code, status = n.status, registered_on = n.registered_on,
       address = n.address, legal_representative = n.legal_representative,
       change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.*, register.ordinal_base() + row_number() OVER (ORDER BY i.line) AS ordinal
          FROM pg_temp.import_resolved AS i WHERE i.changed) AS n
 WHERE o.id = n.existing_id
