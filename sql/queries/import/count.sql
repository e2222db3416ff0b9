SELECT count(*) FILTER (WHERE existing_id IS NULL) AS added,
       count(*) FILTER (WHERE changed) AS amended,
       count(*) FILTER (WHERE existing_id IS NOT NULL AND NOT changed) AS unchanged
  FROM pg_temp.import_resolved
