SELECT s.position FROM register.rating_run AS r JOIN register.change_set AS s ON s.id = r.change_id WHERE r.id = $1::bigint
