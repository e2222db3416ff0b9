-- What bore on a subject at a past instant is found by the indexes of what stands: the subject of an entry is the same in all its versions.
CREATE OR REPLACE VIEW disclosure.listed_entry_version AS
SELECT v.id, v.origin, v.original_id, v.list_code, v.list_kind, v.ground_code, v.repair_class, n.organisation_id, n.institution_id,
       register.credit_subject_kind(n.organisation_id, n.institution_id) AS subject_kind,
       register.credit_subject_code(n.organisation_id, n.institution_id, v.person_id) AS subject_code,
       register.credit_subject_name(n.organisation_id, n.institution_id, v.person_id) AS subject_name,
       v.region_code, v.authority, v.document_number, v.decided_on, v.legal_basis, v.remedy, v.reference, v.disputed,
       v.published_on AS in_force_from, nullif(register.credit_end(v.last_day, v.ended_on, v.original_id), 'infinity') AS in_force_to,
       register.earliest_repair(v.decided_on, v.least_months) AS repair_from,
       v.change_id, v.ordinal, v.ended_by, v.ended_ordinal, s.position AS recorded_from, e.position AS recorded_to
  FROM register.credit_entry AS n
 CROSS JOIN LATERAL (
    SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.credit_entry AS t WHERE t.id = n.id
    UNION ALL SELECT h.* FROM register.credit_entry_history AS h WHERE h.id = n.id) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
 WHERE v.published_on IS NOT NULL
   AND register.credit_last_day(n.last_day, n.ended_on) >= (SELECT register.law_today()) AND n.published_on <= (SELECT register.law_today())
   AND (n.original_id IS NULL OR register.original_last_day(n.original_id) >= (SELECT register.law_today()));
