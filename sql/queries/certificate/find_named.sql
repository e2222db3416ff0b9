-- Certificates by their numbers, held until the end of the transaction; `revoked`: from the day on for good already.
SELECT c.id, c.number, c.issued_on,
       s.status = 'REVOKED' AND NOT EXISTS (SELECT FROM register.certificate_status AS l
                                             WHERE l.certificate_id = c.id AND l.effective_from > $3::date AND l.status <> 'REVOKED') AS revoked
  FROM register.certificate AS c
  LEFT JOIN LATERAL (SELECT x.status FROM register.certificate_status AS x
                      WHERE x.certificate_id = c.id AND x.effective_from <= $3::date ORDER BY x.effective_from DESC LIMIT 1) AS s ON true
 WHERE c.number = ANY ($1::text[]) AND ($2::text IS NULL OR c.kind = $2::text)
 ORDER BY c.id
   FOR UPDATE OF c
