INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, NULL, NULL, v.region_code, v.content::jsonb,
       jsonb_build_object('code', i.organisation_code, 'name', i.name, 'legalForm', i.legal_form, 'regionCode', i.region_code, 'status', i.status,
                          'registeredOn', i.registered_on, 'address', i.address, 'legalRepresentative', i.legal_representative)
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN register.organisation_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
