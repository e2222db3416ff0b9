UPDATE register.person AS p
   SET name = n.name, education = n.education, registered_on = n.registered_on,
       change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.*, register.ordinal_base() + row_number() OVER (ORDER BY i.line) AS ordinal
          FROM pg_temp.import_resolved AS i WHERE i.changed) AS n
 WHERE p.id = n.existing_id
