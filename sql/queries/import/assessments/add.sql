INSERT INTO register.assessment (institution_id, decided_on, grade, environment, facilities, operations, service, valid, assessor,
                                 document_number, change_id, ordinal)
SELECT i.institution_id, i.decided_on, i.grade, i.environment, i.facilities, i.operations, i.service, i.valid, i.assessor,
       i.document_number, register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.existing_id IS NULL
 ORDER BY i.line
