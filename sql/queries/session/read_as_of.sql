SELECT set_config('search_path', 'past, register, disclosure', true), set_config('registry.read_position', $1::bigint::text, true)
