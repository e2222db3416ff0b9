SELECT session_user::text AS login,
       current_setting('server_version') AS server_version,
       r.rolsuper OR r.rolbypassrls AS above_row_security
  FROM pg_roles AS r
 WHERE r.rolname = session_user
