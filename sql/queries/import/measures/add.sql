INSERT INTO register.measure_value (institution_id, measure_code, day, value, flag, change_id, ordinal)
SELECT i.institution_id, i.measure_code, i.day, i.value, i.flag,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.existing_id IS NULL
 ORDER BY i.line
