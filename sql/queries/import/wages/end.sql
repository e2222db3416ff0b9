DELETE FROM register.wage_band AS x USING pg_temp.import_ended AS n WHERE x.id = n.row_id
