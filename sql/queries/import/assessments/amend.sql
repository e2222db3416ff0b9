UPDATE register.assessment AS a
   SET grade = n.grade, environment = n.environment, facilities = n.facilities, operations = n.operations, service = n.service,
       valid = n.valid, assessor = n.assessor, document_number = n.document_number,
       change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.*, register.ordinal_base() + row_number() OVER (ORDER BY i.line) AS ordinal
          FROM pg_temp.import_resolved AS i WHERE i.changed) AS n
 WHERE a.id = n.existing_id
