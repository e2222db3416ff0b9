SELECT count(DISTINCT x.line) FROM pg_temp.import_notes AS x WHERE x.fields <> '{}'
