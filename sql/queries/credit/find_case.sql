SELECT state, number, region_path, needs_consent, opener, respond_by, consenter, today FROM register.case_standing($1::bigint)
