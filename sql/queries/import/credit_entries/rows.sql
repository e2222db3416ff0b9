CREATE TEMPORARY VIEW import_row AS
SELECT i.line, 'CREDIT_ENTRY'::text AS entity, i.existing_id AS row_id, i.changed AS differs, i.standing_change, false AS held, true AS is_whole,
       NULL::bigint AS also_change
  FROM pg_temp.import_resolved AS i
