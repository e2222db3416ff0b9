-- A row's own source that now states it otherwise, and is overruled, states it no more as it is.
INSERT INTO register.row_source (entity, row_id, source, states)
SELECT r.entity, r.row_id, $1::text, false
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_row AS r ON r.line = c.line AND r.entity = c.entity
  JOIN register.change_set AS s ON s.id = r.standing_change
 WHERE NOT c.prevails AND NOT c.held AND coalesce(s.source, s.actor) = $1::text
    ON CONFLICT (entity, row_id, source) DO UPDATE SET states = false
