-- How many rows a caller has brought on this law day.
SELECT coalesce(sum(b.rows), 0)::bigint
  FROM register.import_batch AS b
 WHERE b.actor = $1::text AND b.imported_at >= register.law_today()::timestamp AT TIME ZONE 'Asia/Shanghai'
