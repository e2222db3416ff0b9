-- The tables are as good as empty when this runs: nothing is released that could have filled them.
-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion
-- Pages of entries. The day is asked once a question: telling the time of Shanghai for every row takes ten times as long as the rest.
CREATE OR REPLACE VIEW disclosure.listed_entry AS
SELECT e.id, e.origin, e.original_id, e.list_code, e.list_kind, e.ground_code, e.repair_class, e.organisation_id, e.institution_id,
       register.credit_subject_kind(e.organisation_id, e.institution_id) AS subject_kind,
       register.credit_subject_code(e.organisation_id, e.institution_id, e.person_id) AS subject_code,
       register.credit_subject_name(e.organisation_id, e.institution_id, e.person_id) AS subject_name,
       e.region_code, e.authority, e.document_number, e.decided_on, e.legal_basis, e.remedy, e.reference, e.disputed,
       e.published_on AS in_force_from, nullif(register.credit_end(e.last_day, e.ended_on, e.original_id), 'infinity') AS in_force_to,
       register.earliest_repair(e.decided_on, e.least_months) AS repair_from, e.change_id
  FROM register.credit_entry AS e
 WHERE register.credit_last_day(e.last_day, e.ended_on) >= (SELECT register.law_today()) AND e.published_on <= (SELECT register.law_today())
   AND (e.original_id IS NULL OR register.original_last_day(e.original_id) >= (SELECT register.law_today()));

CREATE OR REPLACE VIEW disclosure.listed_entry_version AS
SELECT v.id, v.origin, v.original_id, v.list_code, v.list_kind, v.ground_code, v.repair_class, v.organisation_id, v.institution_id,
       register.credit_subject_kind(v.organisation_id, v.institution_id) AS subject_kind,
       register.credit_subject_code(v.organisation_id, v.institution_id, v.person_id) AS subject_code,
       register.credit_subject_name(v.organisation_id, v.institution_id, v.person_id) AS subject_name,
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

-- What is in force is found past what has ended without a look at the rows.
DROP INDEX register.credit_entry_in_force;
CREATE INDEX credit_entry_in_force ON register.credit_entry (register.credit_last_day(last_day, ended_on), id)
  INCLUDE (last_day, ended_on, published_on, original_id, decided_on);
-- What bears on a subject is found past what bore on it once.
DROP INDEX register.credit_entry_institution;
DROP INDEX register.credit_entry_organisation;
CREATE INDEX credit_entry_institution ON register.credit_entry (institution_id, register.credit_last_day(last_day, ended_on))
  WHERE institution_id IS NOT NULL;
CREATE INDEX credit_entry_organisation ON register.credit_entry (organisation_id, register.credit_last_day(last_day, ended_on))
  WHERE organisation_id IS NOT NULL;

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
