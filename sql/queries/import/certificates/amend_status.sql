UPDATE register.certificate_status AS x
   SET status = n.status, change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.existing_id, i.status_from, i.status, register.ordinal_base() + row_number() OVER (ORDER BY i.line) AS ordinal
          FROM pg_temp.import_resolved AS i
          JOIN register.certificate_status AS old ON old.certificate_id = i.existing_id AND old.effective_from = i.status_from
         WHERE i.status_differs AND old.status <> i.status) AS n
 WHERE x.certificate_id = n.existing_id AND x.effective_from = n.status_from
