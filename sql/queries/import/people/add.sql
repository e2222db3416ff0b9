INSERT INTO register.person (number_hash, number_encrypted, number_mask, name, education, registered_on, change_id, ordinal)
SELECT i.number_hash, i.number_encrypted, i.number_mask, i.name, i.education, i.registered_on,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.existing_id IS NULL
 ORDER BY i.line
