INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, NULL, v.person_id, NULL, v.content::jsonb,
       jsonb_build_object('numberMask', i.number_mask, 'occupation', i.occupation, 'programme', i.programme, 'level', i.level,
                          'provider', i.provider, 'providerCode', i.provider_code, 'startedOn', i.started_on, 'endedOn', i.ended_on,
                          'hours', i.hours::numeric(5, 1)::text, 'result', i.result, 'subsidyAmount', i.subsidy_amount::numeric(12, 2)::text,
                          'subsidyPaidOn', i.subsidy_paid_on, 'documentNumber', i.document_number)
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN register.training_record_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
