-- What an act over a nation replaced and left would go to files and be read from them four times, a fourteenth of its time.
SELECT set_config('work_mem', '256MB', true)
