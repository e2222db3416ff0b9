-- The register keeps six decimals and twelve digits before them; more would be rounded unseen.
SELECT i.line, i.value::text AS value, NULL::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
 WHERE i.value <> round(i.value, 6) OR abs(i.value) >= 1000000000000
 ORDER BY i.line LIMIT $1::integer
