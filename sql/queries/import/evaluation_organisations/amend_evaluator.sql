UPDATE register.evaluation_organisation AS v
   SET name = n.name, evaluator_type = n.evaluator_type, region_code = n.region_code, organisation_id = n.organisation_id,
       change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.*, register.ordinal_base() + row_number() OVER (ORDER BY i.line) AS ordinal
          FROM pg_temp.import_resolved AS i WHERE i.evaluator_differs) AS n
 WHERE v.id = n.evaluator_id
