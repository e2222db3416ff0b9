SELECT line, subject_code AS value, NULL::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved
 WHERE subject_kind = 'ORGANISATION' AND organisation_id IS NULL
 ORDER BY line LIMIT $1::integer
