UPDATE register.wage_band AS b
   SET below_yuan = n.below_yuan, people = n.people, change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.*, register.ordinal_base() + row_number() OVER (ORDER BY i.line) AS ordinal
          FROM pg_temp.import_resolved AS i WHERE i.changed) AS n
 WHERE b.id = n.existing_id
