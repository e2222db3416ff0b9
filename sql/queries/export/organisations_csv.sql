SELECT x.organisation_code, disclosure.plain_cell(x.name) AS name, x.legal_form, x.region_code, x.status, x.registered_on,
       disclosure.plain_cell(x.address) AS address
  FROM disclosure.exported_organisation AS x
 WHERE $1::bigint IS NULL
    OR x.id IN (SELECT v.id FROM disclosure.change_set AS s JOIN disclosure.organisation_version AS v ON v.change_id = s.id WHERE s.position > $1::bigint)
 ORDER BY x.organisation_code
