SELECT id FROM register.credit_entry WHERE case_id = $1::bigint
