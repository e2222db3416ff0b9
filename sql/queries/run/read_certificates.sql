WITH standing AS (
  SELECT DISTINCT ON (s.certificate_id) s.certificate_id, s.status
    FROM register.certificate_status AS s
   WHERE s.effective_from <= $3::date
   ORDER BY s.certificate_id, s.effective_from DESC
)
SELECT c.person_id,
       array_position($1::text[], c.kind)::smallint AS kind,
       coalesce(array_position($2::text[], c.occupation), 0)::smallint AS occupation,
       c.level,
       c.issued_on - DATE '1970-01-01' AS valid_from_day,
       coalesce(c.expires_on + 1 - DATE '1970-01-01', 2147483647) AS valid_to_day
  FROM register.certificate AS c
  LEFT JOIN standing AS s ON s.certificate_id = c.id
 WHERE c.issued_on <= $3::date
   AND coalesce(c.expires_on >= $3::date, true)
   AND coalesce(s.status, 'VALID') = 'VALID'
   AND array_position($1::text[], c.kind) IS NOT NULL
   AND (c.evaluation_organisation_id IS NULL OR EXISTS (
         SELECT FROM register.accreditation AS a
          WHERE a.evaluation_organisation_id = c.evaluation_organisation_id
            AND a.accredited @> c.issued_on
            AND coalesce(c.issued_on < a.withdrawn_from, true)))
