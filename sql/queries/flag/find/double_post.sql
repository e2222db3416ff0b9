-- One person full time at two places on a day (挂证): the later post is told; the earlier one counts until it is resolved.
INSERT INTO pg_temp.flag_found (rule, institution_id, person_id, fact_key, evidence)
SELECT 'DOUBLE_POST', m.institution_id, m.person_id, concat_ws(':', m.person_id, m.first_id, m.id),
       jsonb_build_object('posts', jsonb_build_array(jsonb_build_object('institutionCode', f.code, 'startedOn', m.first_day),
                                                     jsonb_build_object('institutionCode', t.code, 'startedOn', m.started_on)))
  FROM (SELECT p.*, first_value(p.id) OVER person AS first_id, first_value(p.institution_id) OVER person AS first_institution,
               first_value(p.started_on) OVER person AS first_day
          FROM pg_temp.flag_post AS p
         WHERE p.fte_thousandths >= ($1::text::jsonb ->> 'fteThousandths')::integer
           AND p.person_id IN (SELECT x.person_id FROM pg_temp.flag_post AS x
                                WHERE x.fte_thousandths >= ($1::text::jsonb ->> 'fteThousandths')::integer
                                GROUP BY x.person_id HAVING min(x.institution_id) <> max(x.institution_id))
        WINDOW person AS (PARTITION BY p.person_id ORDER BY p.started_on, p.id)) AS m
  JOIN register.institution AS f ON f.id = m.first_institution
  JOIN register.institution AS t ON t.id = m.institution_id
 WHERE m.institution_id <> m.first_institution
