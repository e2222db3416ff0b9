SELECT i.line, i.region_code AS value,
       (SELECT max(upper(r.valid) - 1)::text FROM register.region AS r WHERE r.code = i.region_code) AS detail,
       count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
 WHERE i.region_known AND NOT i.region_in_force
 ORDER BY i.line LIMIT $1::integer
