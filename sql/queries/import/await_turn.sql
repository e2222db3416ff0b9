SELECT pg_advisory_xact_lock(hashtextextended('register.import', 0))
