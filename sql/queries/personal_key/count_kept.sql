SELECT (SELECT count(DISTINCT k.id)
          FROM (SELECT id FROM register.person WHERE get_byte(number_encrypted, 0) = $1::smallint
                UNION ALL
                SELECT id FROM register.person_history WHERE get_byte(number_encrypted, 0) = $1::smallint) AS k)
     + (SELECT count(*) FROM register.complaint WHERE get_byte(complainant, 0) = $1::smallint)
