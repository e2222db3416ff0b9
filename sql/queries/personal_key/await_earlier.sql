SELECT pg_advisory_xact_lock(1886086521, $1::integer)
