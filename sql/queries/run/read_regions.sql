SELECT id, code, path, level
  FROM (SELECT r.id, r.code, r.path, r.level, r.valid @> $1::date AS stands,
               row_number() OVER (PARTITION BY r.code ORDER BY lower(r.valid) DESC) AS age
          FROM region AS r
         WHERE $2::bigint[] IS NULL
            OR r.code = ANY (ARRAY(SELECT unnest(string_to_array(a.path, '/')) FROM region AS a
                                    WHERE a.code = ANY (ARRAY(SELECT i.region_code FROM institution AS i WHERE i.id = ANY ($2::bigint[])))))) AS known
 WHERE stands OR age = 1
 ORDER BY code, stands
