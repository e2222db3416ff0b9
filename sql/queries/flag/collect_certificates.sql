-- Certificates, of kinds that rules look at, of the people on the posts asked for, issued by a day; `lapse` says why one does not count on it.
INSERT INTO pg_temp.flag_certificate (id, person_id, number, kind, level, issued_on, expires_on, lapse)
SELECT c.id, c.person_id, c.number, c.kind, c.level, c.issued_on, c.expires_on,
       CASE WHEN s.status <> 'VALID' THEN s.status
            WHEN c.evaluation_organisation_id IS NOT NULL AND a.id IS NULL THEN 'ISSUER'
            WHEN c.expires_on < $2::date THEN 'EXPIRED' END
  FROM register.certificate AS c
  LEFT JOIN register.accreditation AS a
    ON a.evaluation_organisation_id = c.evaluation_organisation_id AND a.accredited @> c.issued_on AND coalesce(c.issued_on < a.withdrawn_from, true)
  LEFT JOIN (SELECT DISTINCT ON (x.certificate_id) x.certificate_id, x.status
               FROM register.certificate_status AS x
              WHERE x.effective_from <= $2::date
                AND ($1::bigint[] IS NULL
                     OR x.certificate_id = ANY (ARRAY(SELECT h.id FROM register.certificate AS h
                                                       WHERE h.person_id = ANY (ARRAY(SELECT p.person_id FROM pg_temp.flag_post AS p WHERE p.asked)))))
              ORDER BY x.certificate_id, x.effective_from DESC) AS s ON s.certificate_id = c.id
 WHERE c.issued_on <= $2::date AND c.kind IN ('SKILL_LEVEL', 'OLD_QUALIFICATION', 'X_CERTIFICATE')
   AND ($1::bigint[] IS NULL OR c.person_id = ANY (ARRAY(SELECT p.person_id FROM pg_temp.flag_post AS p WHERE p.asked)))
