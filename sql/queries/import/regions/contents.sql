INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, NULL, NULL, v.code, v.content::jsonb,
       jsonb_build_object('code', i.region_code, 'name', i.name, 'nameEn', i.name_en, 'level', i.level, 'parentCode', i.parent_code,
                          'path', i.path, 'validFrom', lower(i.valid), 'validTo', upper(i.valid) - 1)
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN disclosure.region_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
