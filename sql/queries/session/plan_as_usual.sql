-- Plans are kept where the server sees fit again: under custom plans alone, every check of a foreign key is planned anew.
SELECT set_config('plan_cache_mode', 'auto', true)
