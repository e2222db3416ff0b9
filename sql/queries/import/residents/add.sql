INSERT INTO register.resident_count (institution_id, ability_class, day_from, headcount, change_id, ordinal)
SELECT i.institution_id, i.ability_class, i.day_from, i.headcount,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.existing_id IS NULL
 ORDER BY i.line
