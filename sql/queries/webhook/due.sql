-- Which webhooks something may be told now; of the others, in how many seconds the first may be tried again.
SELECT coalesce(array_agg(w.id) FILTER (WHERE w.next_attempt_at <= now()), '{}') AS due,
       extract(epoch FROM min(w.next_attempt_at) FILTER (WHERE w.next_attempt_at > now()) - now())::double precision AS next_seconds
  FROM register.webhook AS w CROSS JOIN disclosure.head AS h
 WHERE (w.state = 'ACTIVE' AND (w.position, w.ordinal) < (h.position, $1::bigint)) OR w.alert_due
