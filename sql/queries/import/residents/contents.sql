INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, v.institution_id, NULL, NULL, v.content::jsonb,
       jsonb_build_object('institutionCode', i.institution_code, 'abilityClass', i.ability_class, 'dayFrom', i.day_from, 'headcount', i.headcount)
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN register.resident_count_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
