SELECT v AS entry_id FROM disclosure.entries_ended_since($1::bigint) AS v ORDER BY 1
