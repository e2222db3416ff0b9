UPDATE register.institution AS t
   SET organisation_id = n.organisation_id, name = n.name, name_pinyin = n.name_pinyin, name_initials = n.name_initials, kind = n.kind,
       region_code = n.region_code, status = n.status, beds = n.beds, opened_on = n.opened_on, closed_on = n.closed_on, address = n.address,
       change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.*, register.ordinal_base() + row_number() OVER (ORDER BY i.line) AS ordinal
          FROM pg_temp.import_resolved AS i WHERE i.changed) AS n
 WHERE t.id = n.existing_id
