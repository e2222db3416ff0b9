SELECT row_to_json(r)
  FROM (SELECT x.institution_code, x.decided_on, x.grade, x.environment, x.facilities, x.operations, x.service, x.valid_from, x.valid_to, x.assessor,
               x.document_number
          FROM disclosure.exported_assessment AS x
         WHERE $1::bigint IS NULL
            OR x.id IN (SELECT v.id FROM disclosure.change_set AS s JOIN disclosure.assessment_version AS v ON v.change_id = s.id WHERE s.position > $1::bigint)
         ORDER BY x.institution_code, x.decided_on) AS r
