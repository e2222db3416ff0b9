-- Indexes that are broken, and those of some size that no question has used though their tables were asked often enough.
SELECT c.relname AS index, t.relname AS relation, i.indisvalid AS valid, pg_relation_size(c.oid) AS bytes
  FROM pg_index AS i
  JOIN pg_class AS c ON c.oid = i.indexrelid
  JOIN pg_class AS t ON t.oid = i.indrelid
  JOIN pg_stat_all_indexes AS s ON s.indexrelid = i.indexrelid
  JOIN pg_stat_all_tables AS a ON a.relid = i.indrelid
 WHERE t.relnamespace = 'register'::regnamespace
   AND (NOT i.indisvalid
        OR s.idx_scan = 0 AND NOT i.indisunique AND pg_relation_size(c.oid) >= $1::bigint
           AND coalesce(a.seq_scan, 0) + coalesce(a.idx_scan, 0) >= $2::bigint)
 ORDER BY i.indisvalid, t.relname, c.relname
