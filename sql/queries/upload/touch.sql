-- A piece has come: the time to bring the rest begins anew; with the last piece the file waits to be imported.
UPDATE register.upload AS u
   SET expires_at = now() + make_interval(secs => $2::double precision), state = CASE WHEN $3::boolean THEN 'RECEIVED' ELSE u.state END
 WHERE u.id = $1::uuid AND u.state = 'RECEIVING'
