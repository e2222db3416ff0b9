INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, v.institution_id, NULL, NULL, v.content::jsonb,
       jsonb_build_object('institutionCode', i.institution_code, 'decidedOn', i.decided_on, 'grade', i.grade,
                          'environment', i.environment::numeric(5, 2)::text, 'facilities', i.facilities::numeric(5, 2)::text,
                          'operations', i.operations::numeric(5, 2)::text, 'service', i.service::numeric(5, 2)::text,
                          'validFrom', i.valid_from, 'validTo', i.valid_to, 'assessor', i.assessor, 'documentNumber', i.document_number)
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN disclosure.assessment_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
