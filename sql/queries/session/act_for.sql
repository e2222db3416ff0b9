SELECT set_config('registry.scope', $1::text, true),
       set_config('registry.institution', $2::text, true),
       set_config('statement_timeout', $3::integer::text, true),
       set_config('registry.actor', $4::text, true)
