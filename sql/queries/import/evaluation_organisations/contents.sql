INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, NULL::bigint, NULL::bigint, o.region_code, v.content::jsonb,
       jsonb_build_object('evaluatorCode', i.evaluator_code, 'accreditedFrom', i.accredited_from, 'accreditedTo', i.accredited_to,
                          'withdrawnFrom', i.withdrawn_from, 'withdrawalReason', i.withdrawal_reason)
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN disclosure.accreditation_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
  JOIN register.evaluation_organisation AS o ON o.code = v.code
 WHERE c.entity = 'ACCREDITATION'
UNION ALL
SELECT c.*, v.code, NULL, NULL, v.region_code, v.content::jsonb,
       jsonb_build_object('code', i.evaluator_code, 'name', i.name, 'evaluatorType', i.evaluator_type, 'regionCode', i.region_code,
                          'organisationCode', i.organisation_code)
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN disclosure.evaluation_organisation_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
 WHERE c.entity = 'EVALUATION_ORGANISATION'
