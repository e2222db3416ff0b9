-- Who works, or worked within the year, at these institutions, and every institution at which they do.
SELECT e.person_id, e.institution_id
  FROM employment AS e
 WHERE e.worked && daterange(($2::date - interval '1 year')::date, $2::date, '[]')
   AND e.person_id = ANY (ARRAY(
     SELECT o.person_id FROM employment AS o
      WHERE o.institution_id = ANY ($1::bigint[]) AND o.worked && daterange(($2::date - interval '1 year')::date, $2::date, '[]')))
