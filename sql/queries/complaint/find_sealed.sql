SELECT c.receipt, c.complainant FROM register.complaint AS c WHERE c.id = $1::bigint
