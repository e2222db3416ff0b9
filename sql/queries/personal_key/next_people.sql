SELECT DISTINCT ON (k.id) k.id, k.number_hash, k.number_encrypted
  FROM (SELECT id, number_hash, number_encrypted FROM register.person
        UNION ALL
        SELECT id, number_hash, number_encrypted FROM register.person_history) AS k
 WHERE k.id > $1::bigint AND get_byte(k.number_encrypted, 0) = $2::smallint
 ORDER BY k.id
 LIMIT $3::integer
