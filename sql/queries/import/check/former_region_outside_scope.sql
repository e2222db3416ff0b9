SELECT i.line, i.region_code AS value, i.former_region_code AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
 WHERE i.former_region_code <> i.region_code
   AND NOT EXISTS (SELECT FROM register.region AS r
                    WHERE r.code = i.former_region_code AND (r.path = $2::text OR starts_with(r.path, $2::text || '/')))
 ORDER BY i.line LIMIT $1::integer
