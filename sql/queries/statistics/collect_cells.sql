-- People on post of a law day at each institution that operates, by occupation, highest skill level in force, whether any certificate is in force, education;
-- `first_post` counts a person of several occupations once.
INSERT INTO pg_temp.statistics_cell (institution_id, occupation, level, certified, education, first_post, people)
WITH lapsed AS (
  SELECT s.certificate_id
    FROM (SELECT DISTINCT ON (x.certificate_id) x.certificate_id, x.status FROM register.certificate_status AS x
           WHERE x.effective_from <= $1::date ORDER BY x.certificate_id, x.effective_from DESC) AS s
   WHERE s.status <> 'VALID'
), held AS (
  SELECT c.person_id, max(CASE WHEN c.level <= 8 THEN c.level ELSE 0 END) AS level
    FROM register.certificate AS c
    LEFT JOIN register.accreditation AS a
      ON a.evaluation_organisation_id = c.evaluation_organisation_id AND a.accredited @> c.issued_on AND coalesce(c.issued_on < a.withdrawn_from, true)
   WHERE c.issued_on <= $1::date AND coalesce(c.expires_on >= $1::date, true)
     AND (c.evaluation_organisation_id IS NULL OR a.id IS NOT NULL)
     AND NOT EXISTS (SELECT FROM lapsed AS l WHERE l.certificate_id = c.id)
   GROUP BY c.person_id
), post AS (
  SELECT DISTINCT e.institution_id, e.person_id, e.occupation
    FROM register.employment AS e
    JOIN register.institution AS t ON t.id = e.institution_id AND t.status = 'ACTIVE'
   WHERE e.worked @> $1::date
)
SELECT q.institution_id, q.occupation, coalesce(h.level, 0)::smallint AS level, h.person_id IS NOT NULL AS certified,
       coalesce(p.education, 'UNKNOWN') AS education, q.first_post, count(*)::integer AS people
  FROM (SELECT o.*, row_number() OVER (PARTITION BY o.institution_id, o.person_id ORDER BY o.occupation) = 1 AS first_post FROM post AS o) AS q
  JOIN register.person AS p ON p.id = q.person_id
  LEFT JOIN held AS h ON h.person_id = q.person_id
 GROUP BY 1, 2, 3, 4, 5, 6
