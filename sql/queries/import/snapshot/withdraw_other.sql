DELETE FROM register.row_source AS w
 USING pg_temp.import_standing AS n
 WHERE n.line IS NULL AND NOT n.ends AND NOT n.is_own AND w.entity = $1::text AND w.row_id = n.row_id AND w.source = $2::text
