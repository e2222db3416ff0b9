INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, v.institution_id, NULL, NULL, v.content::jsonb,
       jsonb_build_object('institutionCode', i.institution_code, 'occupation', i.occupation, 'level', i.level, 'surveyedOn', i.surveyed_on,
                          'fromYuan', i.from_yuan, 'belowYuan', i.below_yuan, 'people', i.people)
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN register.wage_band_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
