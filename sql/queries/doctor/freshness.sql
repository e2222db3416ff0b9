SELECT h.position,
       extract(epoch FROM clock_timestamp() - (SELECT s.recorded_at
                                                 FROM register.rating_run AS r
                                                 JOIN register.change_set AS s ON s.id = r.change_id
                                                WHERE r.kind = 'FULL'
                                                ORDER BY r.id DESC
                                                LIMIT 1))::float8 AS run_age_seconds
  FROM register.register_head AS h
