INSERT INTO register.certificate (number, person_id, kind, occupation, level, evaluation_organisation_id, issued_on, expires_on,
                                  change_id, ordinal)
SELECT i.certificate_number, i.person_id, i.kind, i.occupation, i.level, i.evaluator_id, i.issued_on, i.expires_on,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.existing_id IS NULL
 ORDER BY i.line
