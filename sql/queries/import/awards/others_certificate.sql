-- The certificate is somebody else's (no detail), or tells another level.
SELECT line, certificate_number AS value, CASE WHEN holder_id = person_id THEN certified_level::text END AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved
 WHERE certificate_id IS NOT NULL AND (holder_id <> person_id OR certified_level <> level)
 ORDER BY line LIMIT $1::integer
