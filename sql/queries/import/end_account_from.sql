UPDATE register.import_account SET effective = daterange(lower(effective), $2::date) WHERE caller = $1::text AND effective @> $2::date
