-- Ids up to 2**31 - 1, at which the cast fails: columns of half the width.
SELECT e.institution_id::integer AS institution_id,
       e.person_id::integer AS person_id,
       coalesce(array_position($1::text[], e.occupation), 0)::smallint AS occupation,
       e.fte_thousandths,
       lower(e.worked) - DATE '1970-01-01' AS started_day,
       coalesce(upper(e.worked) - DATE '1970-01-01', 2147483647) AS ended_day,
       e.appointed_level,
       e.id::integer AS recorded
  FROM employment AS e
 WHERE e.worked && daterange(($2::date - interval '1 year')::date, $2::date, '[]')
   AND ($3::bigint[] IS NULL OR e.person_id = ANY ($3::bigint[]))
