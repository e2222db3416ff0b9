SELECT EXISTS (
  SELECT FROM pg_locks
   WHERE locktype = 'advisory'
     AND pid = pg_backend_pid()
     AND (classid::bigint << 32 | objid::bigint) = 7265676973747777
     AND objsubid = 1
     AND granted)
