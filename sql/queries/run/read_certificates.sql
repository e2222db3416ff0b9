WITH lapsed AS (
  SELECT s.certificate_id
    FROM (SELECT DISTINCT ON (x.certificate_id) x.certificate_id, x.status
            FROM register.certificate_status AS x
           WHERE x.effective_from <= $3::date
           ORDER BY x.certificate_id, x.effective_from DESC) AS s
   WHERE s.status <> 'VALID'
)
SELECT c.person_id,
       array_position($1::text[], c.kind)::smallint AS kind,
       coalesce(array_position($2::text[], c.occupation), 0)::smallint AS occupation,
       c.level,
       c.issued_on - DATE '1970-01-01' AS valid_from_day,
       coalesce(c.expires_on + 1 - DATE '1970-01-01', 2147483647) AS valid_to_day
  FROM register.certificate AS c
  LEFT JOIN register.accreditation AS a
    ON a.evaluation_organisation_id = c.evaluation_organisation_id
   AND a.accredited @> c.issued_on
   AND coalesce(c.issued_on < a.withdrawn_from, true)
 WHERE c.issued_on <= $3::date
   AND coalesce(c.expires_on >= $3::date, true)
   AND c.kind = ANY ($1::text[])
   AND (c.evaluation_organisation_id IS NULL OR a.id IS NOT NULL)
   AND NOT EXISTS (SELECT FROM lapsed AS l WHERE l.certificate_id = c.id)
