SELECT pg_try_advisory_lock(hashtextextended('webhook ' || $1::uuid, 0))
