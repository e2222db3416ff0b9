-- People whom nothing has needed for the term that the rule of the day gives; of some only where they are named.
WITH candidate AS (
  SELECT p.id FROM register.person AS p WHERE p.number_hash IS NOT NULL AND ($2::bigint[] IS NULL OR p.id = ANY ($2::bigint[]))
  UNION
  SELECT h.id FROM register.person_history AS h WHERE h.number_hash IS NOT NULL AND ($2::bigint[] IS NULL OR h.id = ANY ($2::bigint[]))
), needed AS (
  SELECT n.person_id, max(n.needed_to) AS needed_to
    FROM register.person_need AS n
   WHERE $2::bigint[] IS NULL OR n.person_id = ANY ($2::bigint[])
   GROUP BY n.person_id
)
SELECT c.id
  FROM candidate AS c
  JOIN needed AS n ON n.person_id = c.id
 WHERE n.needed_to + register.retention_term('PERSON', $1::date) < $1::date
 ORDER BY c.id
