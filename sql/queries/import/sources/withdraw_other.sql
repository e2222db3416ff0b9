DELETE FROM register.row_source AS w
 USING pg_temp.import_contested AS c
 WHERE NOT c.prevails AND NOT c.held AND w.entity = c.entity AND w.row_id = c.row_id AND w.source = $1::text AND w.states
