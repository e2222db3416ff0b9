INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, NULL, v.id, NULL, v.content::jsonb,
       jsonb_build_object('numberMask', i.number_mask, 'name', i.name, 'education', i.education, 'registeredOn', i.registered_on)
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN register.person_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
