SELECT register.claim_personal_key($1::bytea)
