-- One plan serves whatever is asked: for statements that find few rows by index, planning takes longer than reading.
SELECT set_config('plan_cache_mode', 'force_generic_plan', true)
