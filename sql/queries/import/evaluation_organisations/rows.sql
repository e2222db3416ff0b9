CREATE TEMPORARY VIEW import_row AS
SELECT i.line, 'ACCREDITATION'::text AS entity, i.existing_id AS row_id, i.accreditation_differs AS differs, i.standing_change,
       false AS held, true AS is_whole,
       NULL::bigint AS also_change
  FROM pg_temp.import_resolved AS i
UNION ALL
SELECT i.line, 'EVALUATION_ORGANISATION', i.evaluator_id, i.evaluator_differs, i.evaluator_change, false, true, NULL
  FROM pg_temp.import_resolved AS i WHERE i.speaks
