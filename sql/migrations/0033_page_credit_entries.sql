-- Pages of entries.
-- What staff see: all that everybody sees, and of their regions the rest too, with what is not for everybody.
CREATE VIEW register.seen_entry WITH (security_invoker = true) AS
SELECT e.id, e.origin, e.original_id, e.list_code, e.list_kind, e.ground_code, e.repair_class, e.organisation_id, e.institution_id, e.person_id,
       e.subject_kind, e.subject_code, e.subject_name, e.region_code, e.authority, e.document_number, e.decided_on, e.legal_basis, e.remedy,
       e.reference, e.disputed, e.in_force_from, e.in_force_to, e.repair_from,
       e.repair_pending, e.ended_on, e.end_kind, e.end_reason, e.end_document_number, e.evidence
  FROM register.staff_entry AS e
UNION ALL
SELECT l.id, l.origin, l.original_id, l.list_code, l.list_kind, l.ground_code, l.repair_class, l.organisation_id, l.institution_id, NULL,
       l.subject_kind, l.subject_code, l.subject_name, l.region_code, l.authority, l.document_number, l.decided_on, l.legal_basis, l.remedy,
       l.reference, l.disputed, l.in_force_from, l.in_force_to, l.repair_from, NULL, NULL, NULL, NULL, NULL, NULL
  FROM disclosure.listed_entry AS l
 WHERE NOT register.sees_all() AND NOT EXISTS (SELECT FROM register.credit_entry AS s WHERE s.id = l.id);

CREATE VIEW register.seen_entry_version WITH (security_invoker = true) AS
SELECT e.id, e.origin, e.original_id, e.list_code, e.list_kind, e.ground_code, e.repair_class, e.organisation_id, e.institution_id, e.person_id,
       e.subject_kind, e.subject_code, e.subject_name, e.region_code, e.authority, e.document_number, e.decided_on, e.legal_basis, e.remedy,
       e.reference, e.disputed, e.in_force_from, e.in_force_to, e.repair_from,
       e.repair_pending, e.ended_on, e.end_kind, e.end_reason, e.end_document_number, e.evidence, e.recorded_from, e.recorded_to, true AS own
  FROM register.credit_entry_version AS e
UNION ALL
SELECT l.id, l.origin, l.original_id, l.list_code, l.list_kind, l.ground_code, l.repair_class, l.organisation_id, l.institution_id, NULL,
       l.subject_kind, l.subject_code, l.subject_name, l.region_code, l.authority, l.document_number, l.decided_on, l.legal_basis, l.remedy,
       l.reference, l.disputed, l.in_force_from, l.in_force_to, l.repair_from, NULL, NULL, NULL, NULL, NULL, NULL, l.recorded_from, l.recorded_to, false
  FROM disclosure.listed_entry_version AS l
 WHERE NOT register.sees_all() AND NOT EXISTS (SELECT FROM register.credit_entry AS s WHERE s.id = l.id)
   AND NOT EXISTS (SELECT FROM register.credit_entry_history AS s WHERE s.id = l.id);
GRANT SELECT ON register.seen_entry, register.seen_entry_version TO registry_staff;

-- A page of hits that may lie bundled along its order: up to `most` are collected and sorted, however they lie; more are left to the
-- server, which walks along the order where that seems shorter.
CREATE FUNCTION disclosure.page_among(hits text, at_once text, collected text, most bigint) RETURNS SETOF record
LANGUAGE plpgsql STABLE ROWS 50 SET max_parallel_workers_per_gather = 0 AS $$
BEGIN
  IF disclosure.estimated(hits) > most THEN
    RETURN QUERY EXECUTE at_once;
  ELSE
    RETURN QUERY EXECUTE collected;
  END IF;
END
$$;
GRANT EXECUTE ON FUNCTION disclosure.page_among TO registry_public, registry_staff;
