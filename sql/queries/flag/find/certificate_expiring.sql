-- Carers on post whose last certificate that counts expires soon.
INSERT INTO pg_temp.flag_found (rule, institution_id, person_id, fact_key, evidence)
SELECT 'CERTIFICATE_EXPIRING', p.institution_id, p.person_id, concat_ws(':', p.person_id, p.institution_id, n.expires_on),
       jsonb_build_object('expiresOn', n.expires_on)
  FROM (SELECT c.person_id, max(coalesce(c.expires_on, 'infinity')) AS expires_on
          FROM pg_temp.flag_certificate AS c
         WHERE c.lapse IS NULL AND $1::text::jsonb -> 'kinds' ? c.kind
         GROUP BY c.person_id
        HAVING max(coalesce(c.expires_on, 'infinity')) <= $2::date + ($1::text::jsonb ->> 'days')::integer) AS n
  JOIN pg_temp.flag_post AS p ON p.person_id = n.person_id AND p.asked AND p.occupation = 'CARER'
