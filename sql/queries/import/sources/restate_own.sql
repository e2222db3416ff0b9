DELETE FROM register.row_source AS w
 USING pg_temp.import_row AS r
 WHERE NOT w.states AND w.source = $1::text AND w.entity = r.entity AND w.row_id = r.row_id AND NOT r.differs
   AND NOT EXISTS (SELECT FROM pg_temp.import_contested AS c WHERE c.line = r.line AND c.entity = r.entity)
