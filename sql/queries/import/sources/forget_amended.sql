-- Who stated the earlier content of an amended row states it no more as it is: that is in the notes.
DELETE FROM register.row_source AS w
 USING pg_temp.import_row AS r
 WHERE r.differs AND w.entity = r.entity AND w.row_id = r.row_id
