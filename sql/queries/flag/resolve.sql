UPDATE register.flag
   SET state = $2::text, resolved_on = register.law_today(), resolved_by = $3::text, reason = $4::text, case_id = $5::bigint,
       change_id = $6::bigint, ordinal = $7::integer
 WHERE id = $1::bigint
