SELECT register.erase_people($1::bigint[], $2::bigint, $3::text)
