-- Posts of a day at the institutions asked for (NULL: all) that operate, and what the people on them have elsewhere (not `asked`).
INSERT INTO pg_temp.flag_post (id, institution_id, person_id, occupation, fte_thousandths, started_on, asked)
SELECT e.id, e.institution_id, e.person_id, e.occupation, e.fte_thousandths, lower(e.worked),
       $1::bigint[] IS NULL OR e.institution_id = ANY ($1::bigint[])
  FROM register.employment AS e
  JOIN register.institution AS t ON t.id = e.institution_id AND t.status = 'ACTIVE'
 WHERE e.worked @> $2::date
   AND ($1::bigint[] IS NULL
        OR e.person_id = ANY (ARRAY(SELECT p.person_id FROM register.employment AS p WHERE p.institution_id = ANY ($1::bigint[]))))
