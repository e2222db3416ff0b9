INSERT INTO register.elderly_population (region_code, day_from, aged_60, aged_65, aged_80, change_id, ordinal)
SELECT i.region_code, i.day_from, i.aged_60, i.aged_65, i.aged_80,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.existing_id IS NULL
 ORDER BY i.line
