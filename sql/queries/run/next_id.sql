SELECT nextval(pg_get_serial_sequence('register.rating_run', 'id'))
