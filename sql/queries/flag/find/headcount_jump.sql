-- The residents of an institution by its newest counts against those that stood before.
INSERT INTO pg_temp.flag_found (rule, institution_id, fact_key, evidence)
SELECT 'HEADCOUNT_JUMP', m.institution_id, concat_ws(':', m.institution_id, m.newest, m.residents, m.before),
       jsonb_build_object('from', m.newest, 'residents', m.residents, 'before', m.before)
  FROM (SELECT c.institution_id, min(c.newest) AS newest, sum(c.headcounts[1]) AS residents,
               sum(CASE WHEN c.days[1] < c.newest THEN c.headcounts[1] ELSE coalesce(c.headcounts[2], 0) END) AS before
          FROM (SELECT r.institution_id, r.ability_class, max(r.newest) AS newest, array_agg(r.day_from ORDER BY r.day_from DESC) AS days,
                       array_agg(r.headcount ORDER BY r.day_from DESC) AS headcounts
                  FROM (SELECT x.*, max(x.day_from) OVER (PARTITION BY x.institution_id) AS newest
                          FROM register.resident_count AS x
                         WHERE x.day_from <= $2::date AND ($3::bigint[] IS NULL OR x.institution_id = ANY ($3::bigint[]))) AS r
                 GROUP BY r.institution_id, r.ability_class) AS c
         GROUP BY c.institution_id) AS m
  JOIN register.institution AS t ON t.id = m.institution_id AND t.status = 'ACTIVE'
 WHERE m.before > 0 AND abs(m.residents - m.before) >= ($1::text::jsonb ->> 'least')::integer
   AND abs(m.residents - m.before) > ($1::text::jsonb ->> 'share')::numeric * m.before
