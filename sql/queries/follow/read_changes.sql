SELECT s.id, s.position, s.cause, s.recorded_at
  FROM register.change_set AS s
 WHERE s.position > $1::bigint AND s.kind NOT IN ('RUN', 'POLICY')
 ORDER BY s.position
