-- The owner was told, or could not be told within a day.
UPDATE register.webhook AS w
   SET alert_due = NOT $2::boolean AND w.disabled_at > now() - interval '1 day', next_attempt_at = now() + $3::interval
 WHERE w.id = $1::uuid
RETURNING w.alert_due
