-- Carers who had no certificate and all of a sudden have one: more of them than a share of those on post.
INSERT INTO pg_temp.flag_found (rule, institution_id, fact_key, evidence)
SELECT 'RATIO_JUMP', m.institution_id, concat_ws(':', m.institution_id, m.newest),
       jsonb_build_object('carers', m.carers, 'certifiedBefore', m.before, 'certifiedNewly', m.newly, 'from', m.earliest, 'to', m.newest)
  FROM (SELECT p.institution_id, count(*) AS carers, count(*) FILTER (WHERE c.first_day < n.since) AS before,
               count(*) FILTER (WHERE c.first_day >= n.since) AS newly, max(c.first_day) AS newest,
               min(c.first_day) FILTER (WHERE c.first_day >= n.since) AS earliest
          FROM (SELECT DISTINCT f.institution_id, f.person_id FROM pg_temp.flag_post AS f WHERE f.asked AND f.occupation = 'CARER') AS p
         CROSS JOIN (SELECT $2::date - ($1::text::jsonb ->> 'days')::integer AS since) AS n
          LEFT JOIN (SELECT x.person_id, min(x.issued_on) AS first_day FROM pg_temp.flag_certificate AS x
                      WHERE x.kind IN ('SKILL_LEVEL', 'OLD_QUALIFICATION', 'X_CERTIFICATE') GROUP BY x.person_id) AS c ON c.person_id = p.person_id
         GROUP BY p.institution_id) AS m
 WHERE m.newly >= ($1::text::jsonb ->> 'least')::integer AND m.newly >= ($1::text::jsonb ->> 'share')::numeric * m.carers
