SELECT u.id, u.caller, u.actor::text AS actor, u.kind, u.source, u.file_name, u.bytes_total, u.sha256, u.most_rows, u.state, u.expires_at,
       u.expires_at <= now() AS expired
  FROM register.upload AS u
 WHERE u.id = $1::uuid
