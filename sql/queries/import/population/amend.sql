UPDATE register.elderly_population AS e
   SET aged_60 = n.aged_60, aged_65 = n.aged_65, aged_80 = n.aged_80, change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.*, register.ordinal_base() + row_number() OVER (ORDER BY i.line) AS ordinal
          FROM pg_temp.import_resolved AS i WHERE i.changed) AS n
 WHERE e.id = n.existing_id
