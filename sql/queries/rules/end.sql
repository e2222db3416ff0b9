SELECT register.end_rule($1::text, $2::text, $3::date)
