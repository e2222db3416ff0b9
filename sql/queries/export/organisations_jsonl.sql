SELECT row_to_json(r)
  FROM (SELECT x.organisation_code, x.name, x.legal_form, x.region_code, x.status, x.registered_on, x.address
          FROM disclosure.exported_organisation AS x
         WHERE $1::bigint IS NULL
            OR x.id IN (SELECT v.id FROM disclosure.change_set AS s JOIN disclosure.organisation_version AS v ON v.change_id = s.id WHERE s.position > $1::bigint)
         ORDER BY x.organisation_code) AS r
