DELETE FROM register.certificate_status AS x
 USING pg_temp.import_resolved AS i
 WHERE x.certificate_id = i.existing_id AND i.status_differs AND x.effective_from > i.status_from
