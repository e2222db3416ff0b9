UPDATE register.retention_rule
   SET effective = daterange(lower(effective), $2::date)
 WHERE subject = $1::text AND upper_inf(effective) AND lower(effective) < $2::date
