SELECT added, ended, replaced FROM register.follow_rules($1::text, $2::text::jsonb, $3::date)
