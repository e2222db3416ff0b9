SELECT w.id, w.owner, w.url, w.alert_url, w.codes, w.kinds, w.region_code, w.state, w.disabled_at, w.disabled_for, w.position,
       w.failures, w.failing_since, w.fault, nullif(w.next_attempt_at, '-infinity') AS next_attempt_at, w.delivered_at, w.created_at
  FROM register.webhook AS w
 ORDER BY w.created_at, w.id
