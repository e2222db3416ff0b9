UPDATE register.upload
   SET state = 'IMPORTED', ended_at = now(), expires_at = now() + make_interval(secs => $2::double precision), step = NULL, bytes_read = bytes_total,
       rows = $3::integer, added = $4::integer, amended = $5::integer, unchanged = $6::integer, contradictions = $7::integer, position = $8::bigint
 WHERE id = $1::uuid
