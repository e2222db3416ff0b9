INSERT INTO register.organisation (code, scheme, name, legal_form, region_code, status, registered_on, address, legal_representative,
                                   change_id, ordinal)
SELECT i.organisation_code, i.scheme, i.name, i.legal_form, i.region_code, i.status, i.registered_on, i.address, i.legal_representative,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.existing_id IS NULL
 ORDER BY i.line
