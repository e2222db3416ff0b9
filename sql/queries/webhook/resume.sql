-- Goes on from where it stands, or from another place. What was under way keeps its name only where the place is kept.
UPDATE register.webhook AS w
   SET state = 'ACTIVE', disabled_at = NULL, disabled_for = NULL, alert_due = false, failures = 0, failing_since = NULL, fault = NULL,
       next_attempt_at = '-infinity',
       position = coalesce($2::bigint, w.position), ordinal = CASE WHEN $2::bigint IS NULL THEN w.ordinal ELSE $3::bigint END,
       sending_position = CASE WHEN $2::bigint IS NULL THEN w.sending_position END,
       sending_ordinal = CASE WHEN $2::bigint IS NULL THEN w.sending_ordinal END,
       turn = w.turn + CASE WHEN $2::bigint IS NULL THEN 0 ELSE 1 END
 WHERE w.id = $1::uuid
