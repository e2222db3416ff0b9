DELETE FROM register.certificate_status WHERE certificate_id = ANY ($1::bigint[]) AND effective_from > $2::date
