-- A status that the row would clear without saying from when is held.
CREATE TEMPORARY VIEW import_row AS
SELECT i.line, 'CERTIFICATE'::text AS entity, i.existing_id AS row_id, i.changed AS differs, i.standing_change, false AS held, true AS is_whole
  FROM pg_temp.import_resolved AS i
UNION ALL
SELECT i.line, 'CERTIFICATE_STATUS', i.status_id, i.status_held, i.status_change, i.status_held, false
  FROM pg_temp.import_resolved AS i WHERE i.status_id IS NOT NULL
