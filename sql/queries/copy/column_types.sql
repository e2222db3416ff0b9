SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type
  FROM pg_attribute AS a
 WHERE a.attrelid = to_regclass('pg_temp.' || quote_ident($1::text)) AND a.attnum > 0 AND NOT a.attisdropped
