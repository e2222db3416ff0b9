SELECT register.put_rules($1::text, $2::text::jsonb)
