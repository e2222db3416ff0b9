UPDATE register.region AS r
   SET name = n.name, name_en = n.name_en, level = n.level, parent_code = n.parent_code, path = n.path, valid = n.valid,
       change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.*, register.ordinal_base() + row_number() OVER (ORDER BY i.line, i.existing_id) AS ordinal
          FROM pg_temp.import_resolved AS i WHERE i.changed) AS n
 WHERE r.id = n.existing_id
