UPDATE register.webhook
   SET former_secret = secret, former_until = now() + make_interval(hours => $3::integer), secret = $2::bytea
 WHERE id = $1::uuid
