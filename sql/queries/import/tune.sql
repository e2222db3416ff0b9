-- Few rows are found by index in tables of millions, many by hashing; a server with defaults would read those tables whole.
SELECT set_config('random_page_cost', '1.1', true), set_config('work_mem', '32MB', true)
