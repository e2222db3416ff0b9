INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, v.institution_id, NULL, NULL, v.content::jsonb,
       jsonb_build_object('institutionCode', i.institution_code, 'numberMask', i.number_mask, 'occupation', i.occupation, 'startedOn', i.started_on,
                          'endedOn', i.ended_on, 'fteThousandths', i.fte_thousandths, 'positionTitle', i.position_title,
                          'dispatchedBy', i.dispatched_by, 'appointedLevel', i.appointed_level)
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN register.employment_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
