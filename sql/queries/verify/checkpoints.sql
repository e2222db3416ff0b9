SELECT sequence, payload::jsonb -> 'details' ->> 'checkpoint' AS text
  FROM register.audit_event WHERE subject = 'audit-chain' AND action = 'signCheckpoint' ORDER BY sequence
