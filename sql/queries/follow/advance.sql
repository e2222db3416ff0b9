UPDATE register.rating_follow SET position = $1::bigint WHERE position < $1::bigint
