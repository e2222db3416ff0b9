SELECT place, problem, standing_from FROM register.refused_rules($1::text, $2::text::jsonb, $3::date)
