SELECT r.id, r.kind, r.as_of, r.cause, r.institutions, r.changed, r.started_at, r.finished_at, r.engine_version, s.position,
       r.durations_ms::text AS durations_ms
  FROM register.rating_run AS r
  JOIN register.change_set AS s ON s.id = r.change_id
 WHERE r.id = $1::bigint
