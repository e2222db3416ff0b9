UPDATE register.request_limit
   SET effective = daterange(lower(effective), $3::date)
 WHERE whom = $1::text AND per = $2::text AND effective @> $3::date
