-- Carers who had no certificate and all of a sudden have one: more of them than a share of those on post.
INSERT INTO pg_temp.flag_found (rule, institution_id, fact_key, evidence)
SELECT 'RATIO_JUMP', m.institution_id, concat_ws(':', m.institution_id, m.newest),
       jsonb_build_object('carers', n.carers, 'certifiedNewly', m.newly, 'from', m.earliest, 'to', m.newest)
  FROM (SELECT f.institution_id, count(*) AS newly, min(c.first_day) AS earliest, max(c.first_day) AS newest
          FROM pg_temp.flag_post AS f
          JOIN (SELECT x.person_id, min(x.issued_on) AS first_day FROM pg_temp.flag_certificate AS x
                 GROUP BY x.person_id HAVING min(x.issued_on) >= $2::date - ($1::text::jsonb ->> 'days')::integer) AS c USING (person_id)
         WHERE f.asked AND f.occupation = 'CARER'
         GROUP BY f.institution_id HAVING count(*) >= ($1::text::jsonb ->> 'least')::integer) AS m
  JOIN (SELECT p.institution_id, count(*) AS carers FROM pg_temp.flag_post AS p
         WHERE p.asked AND p.occupation = 'CARER' GROUP BY p.institution_id) AS n USING (institution_id)
 WHERE m.newly >= ($1::text::jsonb ->> 'share')::numeric * n.carers
