-- Carers on post none of whose certificates counts, though they have some: expired, suspended, revoked, or issued without accreditation.
INSERT INTO pg_temp.flag_found (rule, institution_id, person_id, fact_key, evidence)
SELECT 'CERTIFICATE_LAPSED', p.institution_id, p.person_id, concat_ws(':', p.person_id, p.institution_id, n.id, n.lapse),
       jsonb_build_object('certificateNumber', n.number, 'lapse', n.lapse, 'expiresOn', n.expires_on)
  FROM (SELECT DISTINCT ON (c.person_id) c.person_id, c.id, c.number, c.lapse, c.expires_on
          FROM pg_temp.flag_certificate AS c
         WHERE c.lapse IS NOT NULL AND $1::text::jsonb -> 'kinds' ? c.kind
           AND NOT EXISTS (SELECT FROM pg_temp.flag_certificate AS x
                            WHERE x.person_id = c.person_id AND x.lapse IS NULL AND $1::text::jsonb -> 'kinds' ? x.kind)
         ORDER BY c.person_id, c.issued_on DESC, c.id DESC) AS n
  JOIN pg_temp.flag_post AS p ON p.person_id = n.person_id AND p.asked AND p.occupation = 'CARER'
