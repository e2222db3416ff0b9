SELECT register.reseal_people($1::smallint, $2::bigint[], $3::bytea[], $4::bytea[])
