UPDATE register.certificate AS c
   SET person_id = n.person_id, kind = n.kind, occupation = n.occupation, level = n.level,
       evaluation_organisation_id = n.evaluator_id, issued_on = n.issued_on, expires_on = n.expires_on,
       change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.*, register.ordinal_base() + row_number() OVER (ORDER BY i.line) AS ordinal
          FROM pg_temp.import_resolved AS i WHERE i.certificate_differs) AS n
 WHERE c.id = n.existing_id
