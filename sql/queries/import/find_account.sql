SELECT a.source, a.kinds, a.most_rows FROM register.import_account AS a WHERE a.caller = $1::text AND a.effective @> register.law_today()
