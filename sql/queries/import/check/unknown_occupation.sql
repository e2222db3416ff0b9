SELECT line, occupation AS value, NULL::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved
 WHERE NOT occupation_known
 ORDER BY line LIMIT $1::integer
