-- A snapshot speaks for the institutions that it names.
CREATE TEMPORARY VIEW import_scope AS
SELECT x.id AS row_id, x.institution_id AS subject_id, x.change_id AS standing_change
  FROM register.wage_band AS x
 WHERE x.institution_id IN (SELECT i.institution_id FROM pg_temp.import_resolved AS i)
