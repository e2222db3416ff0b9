INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, v.id, NULL, NULL, v.content::jsonb,
       jsonb_build_object('code', i.institution_code, 'name', i.name, 'organisationCode', i.organisation_code, 'kind', i.kind,
                          'regionCode', i.region_code, 'status', i.status, 'beds', i.beds, 'openedOn', i.opened_on,
                          'closedOn', i.closed_on, 'address', i.address)
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN disclosure.institution_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
