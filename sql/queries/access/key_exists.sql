SELECT EXISTS (SELECT FROM register.api_key AS k WHERE k.id = $1::bigint)
