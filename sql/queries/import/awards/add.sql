INSERT INTO register.skill_award (person_id, level, document_number, amount, awarded_on, authority, region_code, certificate_id, change_id, ordinal)
SELECT i.person_id, i.level, i.document_number, i.amount, i.awarded_on, i.authority, i.region_code, i.certificate_id,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.existing_id IS NULL
 ORDER BY i.line
