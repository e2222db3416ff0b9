-- The subject of a kind and code (a person by the register's id), and whether it lies in the region acted for.
SELECT s.organisation_id, s.institution_id, s.person_id, register.sees_all() OR s.in_scope AS in_scope
  FROM (SELECT o.id AS organisation_id, NULL::bigint AS institution_id, NULL::bigint AS person_id,
               o.id IN (SELECT register.organisations_in_scope()) AS in_scope
          FROM register.organisation AS o WHERE $1::text = 'ORGANISATION' AND o.code = $2::text
        UNION ALL
        SELECT NULL, i.id, NULL, i.id IN (SELECT register.institutions_in_scope())
          FROM register.institution AS i WHERE $1::text = 'INSTITUTION' AND i.code = $2::text
        UNION ALL
        SELECT NULL, NULL, p.id, p.id IN (SELECT register.people_in_scope())
          FROM register.person AS p WHERE $1::text = 'PERSON' AND p.id::text = $2::text AND p.number_hash IS NOT NULL) AS s
