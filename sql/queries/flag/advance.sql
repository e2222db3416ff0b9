UPDATE register.flag_follow SET position = greatest(position, $1::bigint), looked_on = greatest(looked_on, $2::date)
