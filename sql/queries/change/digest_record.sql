SELECT register.digest_record($1::text, $2::text, $3::text)
