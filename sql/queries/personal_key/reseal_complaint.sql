UPDATE register.complaint SET complainant = $2::bytea WHERE id = $1::bigint
