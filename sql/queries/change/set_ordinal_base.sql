SELECT set_config('registry.ordinal_base', $1::integer::text, true)
