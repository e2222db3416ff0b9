-- Few rows are found by index in tables of millions; a look at all of them joins and groups millions in memory.
SELECT set_config('random_page_cost', '1.1', true), set_config('work_mem', CASE WHEN $1::boolean THEN '192MB' ELSE '32MB' END, true)
