-- The original of a recognition is found as when it is added: in the register or in the same file.
SELECT i.line, i.decided_on::text AS value, max(o.decided_on)::text AS detail, count(*) OVER () AS total
  FROM pg_temp.import_resolved AS i
  CROSS JOIN LATERAL (
    SELECT e.decided_on FROM register.credit_entry AS e
     WHERE e.document_number = i.reference AND e.origin <> 'ADOPTED' AND e.list_kind = i.list_kind AND e.region_code <> i.region_code
       AND (e.organisation_id = i.organisation_id OR e.institution_id = i.institution_id OR e.person_id = i.person_id)
    UNION ALL
    SELECT f.decided_on FROM pg_temp.import_resolved AS f
     WHERE f.document_number = i.reference AND f.origin <> 'ADOPTED' AND f.list_kind = i.list_kind AND f.region_code <> i.region_code
       AND (f.organisation_id = i.organisation_id OR f.institution_id = i.institution_id OR f.person_id = i.person_id)
  ) AS o
 WHERE i.origin = 'ADOPTED'
 GROUP BY i.line, i.decided_on
HAVING max(o.decided_on) > i.decided_on
 ORDER BY i.line LIMIT $1::integer
