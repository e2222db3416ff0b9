-- A snapshot speaks for the institutions that it names, not of people whom no file can name since they were erased.
CREATE TEMPORARY VIEW import_scope AS
SELECT x.id AS row_id, x.institution_id AS subject_id, x.change_id AS standing_change
  FROM register.employment AS x
 WHERE x.institution_id IN (SELECT i.institution_id FROM pg_temp.import_resolved AS i)
   AND NOT EXISTS (SELECT FROM register.erasure AS e WHERE e.person_id = x.person_id)
