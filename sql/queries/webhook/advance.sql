-- From the place at which it stood when the message was made, and from no other: it may have been resumed elsewhere meanwhile.
UPDATE register.webhook
   SET position = $5::bigint, ordinal = $6::bigint, sending_position = NULL, sending_ordinal = NULL, failures = 0, failing_since = NULL,
       fault = NULL, next_attempt_at = '-infinity', delivered_at = CASE WHEN $7::boolean THEN now() ELSE delivered_at END
 WHERE id = $1::uuid AND (position, ordinal) = ($2::bigint, $3::bigint) AND turn = $4::integer AND state <> 'DISABLED'
