UPDATE pg_temp.import_resolved AS i
   SET accreditation_differs = n.accreditation_differs, evaluator_differs = n.evaluator_differs,
       changed = i.existing_id IS NOT NULL AND (n.accreditation_differs OR n.evaluator_differs)
  FROM (SELECT r.line,
               r.accreditation_differs AND NOT bool_or(c.entity = 'ACCREDITATION') AS accreditation_differs,
               r.evaluator_differs AND NOT bool_or(c.entity = 'EVALUATION_ORGANISATION') AS evaluator_differs
          FROM pg_temp.import_resolved AS r
          JOIN pg_temp.import_contested AS c ON c.line = r.line AND NOT c.prevails
         GROUP BY r.line, r.accreditation_differs, r.evaluator_differs) AS n
 WHERE i.line = n.line
