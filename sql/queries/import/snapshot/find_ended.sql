INSERT INTO pg_temp.import_ended (row_id) SELECT n.row_id FROM pg_temp.import_standing AS n WHERE n.ends
