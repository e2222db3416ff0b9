SELECT set_config('registry.change_id', nextval('register.change_id_seq')::text, true)::bigint
