DELETE FROM pg_temp.import_staged WHERE line = ANY ($1::integer[])
