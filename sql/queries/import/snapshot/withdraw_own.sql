-- The row's own source does not state it any more; somebody else does, so it stands.
INSERT INTO register.row_source (entity, row_id, source, states)
SELECT $1::text, n.row_id, $2::text, false FROM pg_temp.import_standing AS n WHERE n.line IS NULL AND NOT n.ends AND n.is_own
    ON CONFLICT (entity, row_id, source) DO UPDATE SET states = false
