INSERT INTO register.region (code, name, name_en, level, parent_code, path, valid, change_id, ordinal)
SELECT i.region_code, i.name, i.name_en, i.level, i.parent_code, i.path, i.valid,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.existing_id IS NULL
 ORDER BY i.line
