SELECT pg_advisory_unlock(hashtextextended('webhook ' || $1::uuid, 0))
