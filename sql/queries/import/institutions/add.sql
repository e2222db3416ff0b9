INSERT INTO register.institution (code, scheme, organisation_id, name, name_pinyin, name_initials, kind, region_code, status, beds,
                                  opened_on, closed_on, address, change_id, ordinal)
SELECT i.institution_code, i.scheme, i.organisation_id, i.name, i.name_pinyin, i.name_initials, i.kind, i.region_code, i.status, i.beds,
       i.opened_on, i.closed_on, i.address,
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.existing_id IS NULL
 ORDER BY i.line
