-- A snapshot speaks for the people that it names; a certificate that an award was paid for stays.
CREATE TEMPORARY VIEW import_scope AS
SELECT x.id AS row_id, x.person_id AS subject_id, x.change_id AS standing_change
  FROM register.certificate AS x
 WHERE x.person_id IN (SELECT i.person_id FROM pg_temp.import_resolved AS i)
   AND NOT EXISTS (SELECT FROM register.skill_award AS a WHERE a.certificate_id = x.id)
