SELECT i.id, i.code FROM register.institution AS i WHERE i.id = ANY ($1::bigint[])
