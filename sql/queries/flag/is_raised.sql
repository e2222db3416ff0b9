SELECT EXISTS (SELECT FROM register.flag AS f WHERE f.rule = $1::text AND f.fact_key = $2::text)
