-- Institutions whose rating changed, and those of entries on lists: their own, of their legal entity, of people on post there.
WITH entry AS (
  SELECT organisation_id, institution_id, person_id FROM register.credit_entry WHERE change_id = ANY ($1::bigint[])
)
SELECT coalesce(array_agg(DISTINCT n.id), ARRAY[]::bigint[])
  FROM (SELECT institution_id AS id FROM register.rating WHERE change_id = ANY ($1::bigint[])
        UNION ALL SELECT institution_id FROM entry WHERE institution_id IS NOT NULL
        UNION ALL SELECT i.id FROM entry AS e JOIN register.institution AS i ON i.organisation_id = e.organisation_id
        UNION ALL SELECT p.institution_id FROM entry AS e JOIN register.employment AS p ON p.person_id = e.person_id) AS n
