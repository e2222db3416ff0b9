UPDATE register.webhook SET sending_position = $4::bigint, sending_ordinal = $5::bigint
 WHERE id = $1::uuid AND (position, ordinal) = ($2::bigint, $3::bigint) AND sending_position IS NULL AND state = 'ACTIVE'
