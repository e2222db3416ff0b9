DELETE FROM register.certificate_status AS x USING pg_temp.import_ended AS n WHERE x.certificate_id = n.row_id
