SELECT k.id, k.fingerprint, k.state,
       (SELECT count(*) FROM register.person AS p WHERE get_byte(p.number_encrypted, 0) = k.id)
       + (SELECT count(*) FROM register.person_history AS h WHERE get_byte(h.number_encrypted, 0) = k.id)
       + (SELECT count(*) FROM register.complaint AS c WHERE get_byte(c.complainant, 0) = k.id) AS kept
  FROM register.personal_key AS k
 ORDER BY k.id
