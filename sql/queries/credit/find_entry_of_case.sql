SELECT register.entry_of_case($1::bigint)
