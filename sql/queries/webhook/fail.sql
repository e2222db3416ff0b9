-- Of a message that another teller brought meanwhile, or whose place is no longer its own, a failure says nothing.
UPDATE register.webhook AS w
   SET failures = w.failures + 1, failing_since = coalesce(w.failing_since, now()), fault = $5::text,
       next_attempt_at = now() + $6::interval
 WHERE w.id = $1::uuid AND (w.position, w.ordinal) = ($2::bigint, $3::bigint) AND w.turn = $4::integer AND w.state <> 'DISABLED'
RETURNING coalesce(w.failing_since + register.retention_term('FAILING_WEBHOOK', register.law_today()) <= now(), false) AS past_term
