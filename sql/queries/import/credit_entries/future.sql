SELECT line, decided_on::text AS value, register.law_today()::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved
 WHERE decided_on > register.law_today()
 ORDER BY line LIMIT $1::integer
