UPDATE register.employment AS e
   SET worked = n.worked, fte_thousandths = n.fte_thousandths, dispatched_by = n.dispatcher_id, appointed_level = n.appointed_level,
       position_title = n.position_title,
       change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.*, register.ordinal_base() + row_number() OVER (ORDER BY i.line) AS ordinal
          FROM pg_temp.import_resolved AS i WHERE i.changed) AS n
 WHERE e.id = n.existing_id
