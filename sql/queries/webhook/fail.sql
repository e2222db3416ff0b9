UPDATE register.webhook AS w
   SET failures = w.failures + 1, failing_since = coalesce(w.failing_since, now()), fault = $3::text,
       next_attempt_at = now() + $4::interval
 WHERE w.id = $1::uuid AND w.turn = $2::integer AND w.state <> 'DISABLED'
RETURNING coalesce(w.failing_since + register.retention_term('FAILING_WEBHOOK', register.law_today()) <= now(), false) AS past_term
