INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, NULL, NULL, i.region_code, v.content::jsonb,
       jsonb_build_object('regionCode', i.region_code, 'dayFrom', i.day_from, 'aged60', i.aged_60, 'aged65', i.aged_65, 'aged80', i.aged_80)
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN disclosure.elderly_population_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
