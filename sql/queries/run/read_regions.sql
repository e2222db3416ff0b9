SELECT id, code, path, level FROM register.region
 WHERE valid @> $1::date OR NOT EXISTS (SELECT FROM register.region AS n WHERE n.code = region.code AND lower(n.valid) > lower(region.valid))
 ORDER BY code, valid @> $1::date
