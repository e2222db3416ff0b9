SELECT c.id, c.receipt, c.complainant
  FROM register.complaint AS c
 WHERE get_byte(c.complainant, 0) = $1::smallint
 ORDER BY c.id
 LIMIT $2::integer
   FOR UPDATE
