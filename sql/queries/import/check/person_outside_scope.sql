-- A person who works nowhere yet is anybody's; one who works elsewhere only is not.
SELECT i.line, i.number_mask AS value, NULL::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
 WHERE EXISTS (
   SELECT FROM unnest(ARRAY[i.person_id, i.former_person_id]) AS p (id)
    WHERE EXISTS (SELECT FROM register.employment AS e WHERE e.person_id = p.id)
      AND NOT EXISTS (SELECT FROM register.employment AS e
                        JOIN register.institution AS t ON t.id = e.institution_id
                        JOIN register.region AS r ON r.code = t.region_code
                       WHERE e.person_id = p.id AND (r.path = $2::text OR starts_with(r.path, $2::text || '/'))))
 ORDER BY i.line LIMIT $1::integer
