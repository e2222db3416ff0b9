SELECT (payload::jsonb -> 'details' -> 'key')::text AS key
  FROM register.audit_event WHERE subject >= 'signing-key:' AND subject < 'signing-key;' AND action = 'useSigningKey' ORDER BY sequence
