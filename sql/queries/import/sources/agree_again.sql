INSERT INTO register.row_source (entity, row_id, source, states)
SELECT x.entity, x.row_id, x.other_source, true FROM pg_temp.import_notes AS x WHERE x.fields = '{}' AND x.other_source <> $1::text
    ON CONFLICT (entity, row_id, source) DO UPDATE SET states = true
