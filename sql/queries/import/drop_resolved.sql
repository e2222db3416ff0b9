DROP TABLE IF EXISTS pg_temp.import_resolved CASCADE
