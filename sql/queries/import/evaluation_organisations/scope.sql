-- A snapshot speaks for the evaluation organisations that it names: their accreditations.
CREATE TEMPORARY VIEW import_scope AS
SELECT x.id AS row_id, x.evaluation_organisation_id AS subject_id, x.change_id AS standing_change
  FROM register.accreditation AS x
 WHERE x.evaluation_organisation_id IN (SELECT i.evaluator_id FROM pg_temp.import_resolved AS i)
