INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, v.institution_id, NULL, NULL, v.content::jsonb,
       jsonb_build_object('institutionCode', i.institution_code, 'measureCode', i.measure_code, 'day', i.day, 'value', i.value::numeric(18, 6)::text,
                          'flag', i.flag)
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN register.measure_value_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
