SELECT pg_advisory_xact_lock(hashtextextended('register.flag', 0))
