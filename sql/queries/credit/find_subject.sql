-- The subject of a kind and code (a person by the register's id), and whether it lies in the region acted for.
SELECT s.organisation_id, s.institution_id, s.person_id, register.supervises(s.organisation_id, s.institution_id, s.person_id) AS in_scope
  FROM (SELECT o.id AS organisation_id, NULL::bigint AS institution_id, NULL::bigint AS person_id
          FROM register.organisation AS o WHERE $1::text = 'ORGANISATION' AND o.code = $2::text
        UNION ALL
        SELECT NULL, i.id, NULL FROM register.institution AS i WHERE $1::text = 'INSTITUTION' AND i.code = $2::text
        UNION ALL
        SELECT NULL, NULL, p.id FROM register.person AS p
         WHERE $1::text = 'PERSON' AND p.id = CASE WHEN $2::text ~ '^[0-9]{1,18}$' THEN $2::text::bigint END AND p.number_hash IS NOT NULL) AS s
