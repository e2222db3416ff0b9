UPDATE register.skill_award AS a
   SET amount = n.amount, awarded_on = n.awarded_on, authority = n.authority, region_code = n.region_code, certificate_id = n.certificate_id,
       change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.*, register.ordinal_base() + row_number() OVER (ORDER BY i.line) AS ordinal
          FROM pg_temp.import_resolved AS i WHERE i.changed) AS n
 WHERE a.id = n.existing_id
