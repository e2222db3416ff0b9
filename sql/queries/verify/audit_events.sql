SELECT sequence, payload, previous_hash, hash FROM register.audit_event ORDER BY sequence
