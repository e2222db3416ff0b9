DELETE FROM register.row_source AS w USING pg_temp.import_ended AS n WHERE w.entity = $1::text AND w.row_id = n.row_id
