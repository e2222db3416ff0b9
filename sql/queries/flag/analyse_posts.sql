ANALYZE pg_temp.flag_post
