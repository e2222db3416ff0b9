SELECT set_config('lock_timeout', '30s', true), set_config('statement_timeout', '0', true)
