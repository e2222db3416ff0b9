SELECT sequence, (payload::jsonb ->> 'recordedAt')::timestamptz AS recorded_at
  FROM register.audit_event WHERE subject = 'audit-chain' AND action = 'signCheckpoint' ORDER BY sequence DESC LIMIT 1
