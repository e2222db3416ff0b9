-- Fewer social workers on post than one for each full number of beds, where staff is on record at all.
INSERT INTO pg_temp.flag_found (rule, institution_id, fact_key, evidence)
SELECT 'SOCIAL_WORKERS_SHORT', t.id, concat_ws(':', t.id, t.beds / n.beds, s.workers),
       jsonb_build_object('beds', t.beds, 'needed', t.beds / n.beds, 'socialWorkers', s.workers)
  FROM (SELECT p.institution_id, count(DISTINCT p.person_id) FILTER (WHERE p.occupation = 'SOCIAL_WORKER') AS workers
          FROM pg_temp.flag_post AS p WHERE p.asked GROUP BY p.institution_id) AS s
 CROSS JOIN (SELECT ($1::text::jsonb ->> 'beds')::integer AS beds) AS n
  JOIN register.institution AS t ON t.id = s.institution_id
 WHERE s.workers < t.beds / n.beds
