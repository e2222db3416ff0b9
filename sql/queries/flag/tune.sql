-- Few rows are found by index in tables of millions; a look at all of them joins and groups millions in memory, whatever the planner expects
-- of conditions that it cannot estimate.
SELECT set_config('random_page_cost', '1.1', true), set_config('work_mem', CASE WHEN $1::boolean THEN '192MB' ELSE '32MB' END, true),
       set_config('enable_nestloop', CASE WHEN $1::boolean THEN 'off' ELSE 'on' END, true)
