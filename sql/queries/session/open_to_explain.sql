-- What a run read of an institution is read whoever asks. One plan serves whatever is asked: planning takes longer than reading.
SELECT set_config('registry.scope', 'ALL', false),
       set_config('default_transaction_read_only', 'on', false),
       set_config('plan_cache_mode', 'force_generic_plan', false)
