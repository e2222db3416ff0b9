SELECT h.position,
       extract(epoch FROM clock_timestamp() - (SELECT s.recorded_at
                                                 FROM register.change_set AS s
                                                WHERE s.kind = 'RUN'
                                                ORDER BY s.position DESC
                                                LIMIT 1))::float8 AS run_age_seconds
  FROM register.register_head AS h
