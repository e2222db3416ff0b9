-- Another source than the row's own states the same; kept, so that neither's snapshot ends what the other still states.
INSERT INTO register.row_source (entity, row_id, source, states)
SELECT r.entity, r.row_id, $1::text, true
  FROM pg_temp.import_row AS r
  JOIN register.change_set AS s ON s.id = r.standing_change
 WHERE r.is_whole AND NOT r.differs AND coalesce(s.source, s.actor) <> $1::text
   AND NOT EXISTS (SELECT FROM pg_temp.import_contested AS c WHERE c.line = r.line AND c.entity = r.entity)
    ON CONFLICT (entity, row_id, source) DO NOTHING
