INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, NULL, v.person_id, NULL, v.content::jsonb,
       jsonb_build_object('numberMask', i.number_mask, 'level', i.level, 'documentNumber', i.document_number, 'amount', i.amount::numeric(12, 2)::text,
                          'awardedOn', i.awarded_on, 'authority', i.authority, 'regionCode', i.region_code,
                          'certificateNumber', i.certificate_number)
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN register.skill_award_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
