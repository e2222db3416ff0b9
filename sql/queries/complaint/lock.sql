-- Who counts for a limit does so alone: of those from one address, or on one institution, one after the other.
SELECT pg_advisory_xact_lock(hashtextextended('complaint ' || $1::text, 0))
