UPDATE register.webhook
   SET state = 'DISABLED', disabled_at = now(), disabled_for = $2::text, alert_due = alert_url IS NOT NULL AND $2::text <> 'KEY',
       next_attempt_at = '-infinity'
 WHERE id = $1::uuid AND state <> 'DISABLED'
