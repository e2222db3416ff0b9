SELECT pg_advisory_xact_lock(hashtextextended('register digests of change sets', 0))
