-- A status that the row would clear without saying from when is held; one that it changes has a source of its own.
CREATE TEMPORARY VIEW import_row AS
SELECT i.line, 'CERTIFICATE'::text AS entity, i.existing_id AS row_id, i.changed AS differs, i.standing_change, false AS held, true AS is_whole,
       CASE WHEN i.status_differs THEN i.status_change END AS also_change
  FROM pg_temp.import_resolved AS i
UNION ALL
SELECT i.line, 'CERTIFICATE_STATUS', i.status_id, i.status_held, i.status_change, i.status_held, false, NULL
  FROM pg_temp.import_resolved AS i WHERE i.status_id IS NOT NULL
