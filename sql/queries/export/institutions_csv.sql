SELECT x.institution_code, x.organisation_code, disclosure.plain_cell(x.name) AS name, x.kind, x.region_code, x.status, x.beds, x.opened_on,
       x.closed_on, disclosure.plain_cell(x.address) AS address
  FROM disclosure.exported_institution AS x
 WHERE $1::bigint IS NULL
    OR x.id IN (SELECT v.id FROM disclosure.change_set AS s JOIN disclosure.institution_version AS v ON v.change_id = s.id WHERE s.position > $1::bigint)
 ORDER BY x.institution_code
