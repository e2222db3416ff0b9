UPDATE register.upload
   SET state = 'REFUSED', ended_at = now(), expires_at = now() + make_interval(secs => $2::double precision), step = NULL,
       rule = $3::text, message_zh = $4::text, message_en = $5::text, row_errors = $6::text::jsonb
 WHERE id = $1::uuid
