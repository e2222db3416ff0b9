-- A parent that is known but hangs from nothing itself is reported only where no row of the file explains it.
SELECT i.line, i.parent_code AS value, NULL::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
 WHERE i.line IS NOT NULL AND i.parent_code IS NOT NULL
   AND (i.parent_level IS NULL
        OR i.path IS NULL AND NOT EXISTS (SELECT FROM pg_temp.import_resolved AS o
                                           WHERE o.line IS NOT NULL AND o.parent_code IS NOT NULL AND o.parent_level IS NULL))
 ORDER BY i.line LIMIT $1::integer
