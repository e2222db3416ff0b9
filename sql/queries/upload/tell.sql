UPDATE register.upload SET state = 'IMPORTING', step = $2::text, rows = $3::integer, bytes_read = $4::bigint WHERE id = $1::uuid AND ended_at IS NULL
