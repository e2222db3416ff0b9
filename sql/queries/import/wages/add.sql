INSERT INTO register.wage_band (institution_id, occupation, level, surveyed_on, from_yuan, below_yuan, people, change_id, ordinal)
SELECT i.institution_id, i.occupation, i.level, i.surveyed_on, i.from_yuan, i.below_yuan, i.people,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.existing_id IS NULL
 ORDER BY i.line
