DELETE FROM register.import_account WHERE caller = $1::text AND lower(effective) >= $2::date
