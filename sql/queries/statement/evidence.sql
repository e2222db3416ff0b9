SELECT reaches, agrees, told FROM disclosure.statement_evidence($1::text, $2::text, $3::bigint, $4::bytea)
