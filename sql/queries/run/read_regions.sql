SELECT id, code, path, level
  FROM (SELECT r.id, r.code, r.path, r.level, r.valid @> $1::date AS stands,
               row_number() OVER (PARTITION BY r.code ORDER BY lower(r.valid) DESC) AS age
          FROM region AS r) AS known
 WHERE stands OR age = 1
 ORDER BY code, stands
