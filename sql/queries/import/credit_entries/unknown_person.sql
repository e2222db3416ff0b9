SELECT line, number_mask AS value, NULL::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved
 WHERE subject_kind = 'PERSON' AND person_id IS NULL
 ORDER BY line LIMIT $1::integer
