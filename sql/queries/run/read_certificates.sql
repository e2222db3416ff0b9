-- Titles and education come as the skill level that they equal in the region of the holder's first post on the day; 0 where they equal none.
WITH in_force AS MATERIALIZED (
  SELECT q.region_code, q.from_ladder, q.from_rung, array_position($4::text[], q.to_rung)::smallint AS level, q.effective
    FROM equivalence AS q
   WHERE q.to_ladder = 'SKILL' AND q.effective @> $3::date
), place AS (
  SELECT DISTINCT ON (r.code) r.code, string_to_array(r.path, '/') AS path
    FROM region AS r
   WHERE EXISTS (SELECT FROM in_force)
   ORDER BY r.code, r.valid @> $3::date DESC, lower(r.valid) DESC
), equal AS MATERIALIZED (
  SELECT DISTINCT ON (p.code, q.from_ladder, q.from_rung) p.code AS region_code, q.from_ladder, q.from_rung, q.level, q.effective
    FROM place AS p
    JOIN in_force AS q ON q.region_code = ANY (p.path)
   ORDER BY p.code, q.from_ladder, q.from_rung, array_position(p.path, q.region_code) DESC
), having_rung AS (
  SELECT c.person_id FROM certificate AS c
   WHERE c.level > 10 AND EXISTS (SELECT FROM in_force AS q WHERE q.from_ladder = 'TITLE')
     AND ($6::bigint[] IS NULL OR c.person_id = ANY ($6::bigint[]))
  UNION
  SELECT p.id FROM person AS p
   WHERE p.education IN (SELECT q.from_rung FROM in_force AS q WHERE q.from_ladder = 'EDUCATION')
     AND ($6::bigint[] IS NULL OR p.id = ANY ($6::bigint[]))
), holder AS MATERIALIZED (
  SELECT DISTINCT ON (e.person_id) e.person_id, t.region_code
    FROM having_rung AS h
    JOIN employment AS e ON e.person_id = h.person_id AND e.worked @> $3::date
    JOIN institution AS t ON t.id = e.institution_id
   ORDER BY e.person_id, e.fte_thousandths DESC, lower(e.worked), e.id
), lapsed AS (
  SELECT s.certificate_id
    FROM (SELECT DISTINCT ON (x.certificate_id) x.certificate_id, x.status
            FROM certificate_status AS x
           WHERE x.effective_from <= $3::date
             AND ($6::bigint[] IS NULL
                  OR x.certificate_id = ANY (ARRAY(SELECT c.id FROM certificate AS c WHERE c.person_id = ANY ($6::bigint[]))))
           ORDER BY x.certificate_id, x.effective_from DESC) AS s
   WHERE s.status <> 'VALID'
), valid AS NOT MATERIALIZED (
  SELECT c.person_id::integer AS person_id,
         array_position($1::text[], c.kind)::smallint AS kind,
         coalesce(array_position($2::text[], c.occupation), 0)::smallint AS occupation,
         c.level,
         c.issued_on - DATE '1970-01-01' AS valid_from_day,
         coalesce(c.expires_on + 1 - DATE '1970-01-01', 2147483647) AS valid_to_day
    FROM certificate AS c
    LEFT JOIN accreditation AS a
      ON a.evaluation_organisation_id = c.evaluation_organisation_id
     AND a.accredited @> c.issued_on
     AND coalesce(c.issued_on < a.withdrawn_from, true)
   WHERE c.issued_on <= $3::date
     AND coalesce(c.expires_on >= $3::date, true)
     AND c.kind = ANY ($1::text[])
     AND ($6::bigint[] IS NULL OR c.person_id = ANY ($6::bigint[]))
     AND (c.evaluation_organisation_id IS NULL OR a.id IS NOT NULL)
     AND NOT EXISTS (SELECT FROM lapsed AS l WHERE l.certificate_id = c.id)
)
SELECT v.person_id,
       v.kind,
       v.occupation,
       CASE WHEN v.level <= 10 THEN v.level ELSE 0::smallint END AS level,
       v.valid_from_day,
       v.valid_to_day
  FROM valid AS v
 WHERE v.level <= 10 OR NOT EXISTS (SELECT FROM in_force AS q WHERE q.from_ladder = 'TITLE')
UNION ALL
SELECT v.person_id,
       v.kind,
       v.occupation,
       coalesce(q.level, 0::smallint),
       v.valid_from_day,
       v.valid_to_day
  FROM valid AS v
  LEFT JOIN holder AS h ON h.person_id = v.person_id
  LEFT JOIN equal AS q ON q.region_code = h.region_code AND q.from_ladder = 'TITLE' AND q.from_rung = ($5::text[])[v.level - 10]
 WHERE v.level > 10 AND EXISTS (SELECT FROM in_force AS q WHERE q.from_ladder = 'TITLE')
UNION ALL
SELECT h.person_id::integer,
       array_position($1::text[], 'EDUCATION')::smallint,
       0::smallint,
       q.level,
       lower(q.effective) - DATE '1970-01-01',
       coalesce(upper(q.effective) - DATE '1970-01-01', 2147483647)
  FROM holder AS h
  JOIN person AS p ON p.id = h.person_id
  JOIN equal AS q ON q.region_code = h.region_code AND q.from_ladder = 'EDUCATION' AND q.from_rung = p.education
