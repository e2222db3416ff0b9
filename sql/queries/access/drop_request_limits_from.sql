DELETE FROM register.request_limit WHERE whom = $1::text AND per = $2::text AND lower(effective) >= $3::date
