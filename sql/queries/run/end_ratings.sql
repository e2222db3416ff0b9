DELETE FROM register.rating WHERE institution_id = ANY($1::bigint[])
