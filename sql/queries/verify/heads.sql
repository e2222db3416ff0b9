SELECT r.position, r.recorded_at, a.sequence, a.hash
  FROM register.register_head AS r CROSS JOIN register.audit_head AS a
