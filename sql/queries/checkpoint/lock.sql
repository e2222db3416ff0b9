SELECT pg_advisory_xact_lock(hashtextextended('register checkpoint', 0))
