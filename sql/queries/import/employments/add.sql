INSERT INTO register.employment (institution_id, person_id, occupation, worked, fte_thousandths, dispatched_by, appointed_level,
                                 position_title, change_id, ordinal)
SELECT i.institution_id, i.person_id, i.occupation, i.worked, i.fte_thousandths, i.dispatcher_id, i.appointed_level, i.position_title,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.existing_id IS NULL
 ORDER BY i.line
