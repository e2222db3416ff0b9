-- Who reads what of cases and entries. Everybody: entries in force today, and at the instant asked about as the reader adds.
-- Staff: all of their regions. The feed tells everybody of an entry that has ended without any content: a tombstone.

-- The code and the name of a subject: of a person the masked number and the name, and only of one who has been listed. Functions, so
-- that a page looks up those it shows.
CREATE FUNCTION register.is_listed(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT EXISTS (SELECT FROM register.credit_entry AS e WHERE e.person_id = person)
      OR EXISTS (SELECT FROM register.credit_entry_history AS e WHERE e.person_id = person)
$$;
CREATE FUNCTION register.credit_subject_code(organisation bigint, institution bigint, person bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT CASE
    WHEN organisation IS NOT NULL THEN coalesce((SELECT o.code FROM register.organisation AS o WHERE o.id = organisation),
                                                (SELECT h.code FROM register.organisation_history AS h WHERE h.id = organisation LIMIT 1))
    WHEN institution IS NOT NULL THEN coalesce((SELECT i.code FROM register.institution AS i WHERE i.id = institution),
                                               (SELECT h.code FROM register.institution_history AS h WHERE h.id = institution LIMIT 1))
    ELSE (SELECT p.number_mask FROM register.person AS p WHERE p.id = person AND register.is_listed(p.id)) END
$$;
CREATE FUNCTION register.credit_subject_name(organisation bigint, institution bigint, person bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT CASE
    WHEN organisation IS NOT NULL THEN (SELECT o.name FROM register.organisation AS o WHERE o.id = organisation)
    WHEN institution IS NOT NULL THEN (SELECT i.name FROM register.institution AS i WHERE i.id = institution)
    ELSE (SELECT p.name FROM register.person AS p WHERE p.id = person AND register.is_listed(p.id)) END
$$;

CREATE FUNCTION register.credit_subject_kind(organisation bigint, institution bigint) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN organisation IS NOT NULL THEN 'ORGANISATION' WHEN institution IS NOT NULL THEN 'INSTITUTION' ELSE 'PERSON' END;

-- The last day in force of an adopted entry's original, whoever asks.
CREATE FUNCTION register.original_last_day(original bigint) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT coalesce((SELECT register.credit_last_day(o.last_day, o.ended_on) FROM register.credit_entry AS o WHERE o.id = original), 'infinity'::date)
$$;

-- The last day in force, 'infinity' without an end; an adopted entry ends with its original, whose dates are read when asked.
CREATE FUNCTION register.credit_end(last_day date, ended_on date, original bigint) RETURNS date LANGUAGE sql STABLE
RETURN CASE WHEN original IS NULL THEN register.credit_last_day(last_day, ended_on)
            ELSE least(register.credit_last_day(last_day, ended_on), register.original_last_day(original)) END;

-- True where the entry, as it stands now, is in force on the day.
CREATE FUNCTION register.credit_in_force(entry_id bigint, on_day date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT EXISTS (SELECT FROM register.credit_entry AS e
                  WHERE e.id = entry_id AND on_day >= e.published_on AND on_day <= register.credit_end(e.last_day, e.ended_on, e.original_id))
$$;
GRANT EXECUTE ON FUNCTION register.credit_in_force TO registry_staff;
-- Views are read with the rights of their owner, the functions in them with those of the reader, who cannot name them.
GRANT EXECUTE ON FUNCTION register.law_today, register.months_after, register.credit_subject_code, register.credit_subject_name, register.credit_subject_kind,
  register.original_last_day, register.credit_end TO registry_staff, registry_public;

-- What staff read: every entry of their regions, with its period and subject. `in_force_to` is inclusive, NULL without an end.
CREATE VIEW register.staff_entry WITH (security_invoker = true) AS
SELECT e.*, e.published_on AS in_force_from, nullif(register.credit_end(e.last_day, e.ended_on, e.original_id), 'infinity') AS in_force_to,
       register.earliest_repair(e.decided_on, e.least_months) AS repair_from,
       register.credit_subject_kind(e.organisation_id, e.institution_id) AS subject_kind,
       register.credit_subject_code(e.organisation_id, e.institution_id, e.person_id) AS subject_code,
       register.credit_subject_name(e.organisation_id, e.institution_id, e.person_id) AS subject_name
  FROM register.credit_entry AS e;

-- What everybody reads: the entries in force today, with what a decision publishes.
-- The day is asked once a question: telling the time of Shanghai for every row takes ten times as long as the rest.
CREATE VIEW disclosure.listed_entry AS
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

-- Entries in force today that bear on an institution: its own, and those of the legal entity that runs it. For caps on ratings,
-- applied when asked; `disputed` is for the policy's switch.
CREATE VIEW disclosure.institution_entry AS
SELECT l.institution_id, l.id AS entry_id, l.list_kind, l.ground_code, l.disputed, l.in_force_from, l.in_force_to
  FROM disclosure.listed_entry AS l WHERE l.institution_id IS NOT NULL
UNION ALL
SELECT i.id, l.id, l.list_kind, l.ground_code, l.disputed, l.in_force_from, l.in_force_to
  FROM disclosure.listed_entry AS l JOIN register.institution AS i ON i.organisation_id = l.organisation_id;

-- Versions -----------------------------------------------------------------------------------------------------------
CREATE VIEW register.credit_case_version WITH (security_invoker = true) AS
SELECT v.*, coalesce(o.code, i.code, p.number_mask, v.region_code) AS code, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('listCode', v.list_code, 'groundCode', v.ground_code,
                         'subjectKind', register.credit_subject_kind(v.organisation_id, v.institution_id),
                         'regionCode', v.region_code, 'intake', v.intake, 'intakeReference', v.intake_reference) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.credit_case AS t
        UNION ALL SELECT h.* FROM register.credit_case_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.organisation AS o ON o.id = v.organisation_id
  LEFT JOIN register.institution AS i ON i.id = v.institution_id
  LEFT JOIN register.person AS p ON p.id = v.person_id;

CREATE VIEW register.case_step_version WITH (security_invoker = true) AS
SELECT v.*, 'CreditCase:' || v.case_id AS code, s.position AS recorded_from, e.position AS recorded_to, s.recorded_at,
       json_build_object('case', v.case_id, 'number', v.number, 'kind', v.kind, 'state', v.state, 'day', v.day, 'actor', v.actor,
                         'actorRegion', v.actor_region, 'reason', v.reason, 'documents', v.documents, 'serviceWay', v.service_way,
                         'servedOn', v.served_on, 'proof', v.proof, 'respondBy', v.respond_by, 'recommendation', v.recommendation,
                         'repairClass', v.repair_class, 'lastDay', v.last_day, 'documentNumber', v.document_number, 'authority', v.authority,
                         'legalBasis', v.legal_basis, 'remedy', v.remedy, 'evidence', v.evidence) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.case_step AS t
        UNION ALL SELECT h.* FROM register.case_step_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by;

CREATE VIEW register.entry_step_version WITH (security_invoker = true) AS
SELECT v.*, 'CreditEntry:' || v.entry_id AS code, s.position AS recorded_from, e.position AS recorded_to, s.recorded_at,
       json_build_object('entry', v.entry_id, 'number', v.number, 'kind', v.kind, 'day', v.day, 'actor', v.actor, 'actorRegion', v.actor_region,
                         'reason', v.reason, 'documents', v.documents, 'dutiesDone', v.duties_done, 'promisePublic', v.promise_public,
                         'groundCode', v.ground_code, 'repairClass', v.repair_class, 'documentNumber', v.document_number) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.entry_step AS t
        UNION ALL SELECT h.* FROM register.entry_step_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by;

-- A version has the dates that it stated; its original's are those of now.
CREATE VIEW register.credit_entry_version WITH (security_invoker = true) AS
SELECT v.*, register.credit_subject_code(v.organisation_id, v.institution_id, v.person_id) AS code,
       register.credit_subject_code(v.organisation_id, v.institution_id, v.person_id) AS subject_code,
       register.credit_subject_name(v.organisation_id, v.institution_id, v.person_id) AS subject_name,
       register.credit_subject_kind(v.organisation_id, v.institution_id) AS subject_kind,
       v.published_on AS in_force_from, nullif(register.credit_end(v.last_day, v.ended_on, v.original_id), 'infinity') AS in_force_to,
       register.earliest_repair(v.decided_on, v.least_months) AS repair_from, s.position AS recorded_from, e.position AS recorded_to,
       json_build_object('origin', v.origin, 'case', v.case_id, 'original', v.original_id, 'listCode', v.list_code, 'listKind', v.list_kind,
                         'groundCode', v.ground_code, 'repairClass', v.repair_class,
                         'subjectKind', register.credit_subject_kind(v.organisation_id, v.institution_id), 
                         'subjectCode', register.credit_subject_code(v.organisation_id, v.institution_id, v.person_id),
                         'regionCode', v.region_code, 'authority', v.authority, 'documentNumber', v.document_number,
                         'decidedOn', v.decided_on, 'publishedOn', v.published_on, 'lastDay', v.last_day, 'disputed', v.disputed,
                         'repairPending', v.repair_pending, 'endedOn', v.ended_on, 'endKind', v.end_kind, 'endReason', v.end_reason,
                         'endDocumentNumber', v.end_document_number, 'reference', v.reference, 'legalBasis', v.legal_basis,
                         'remedy', v.remedy, 'evidence', v.evidence) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.credit_entry AS t
        UNION ALL SELECT h.* FROM register.credit_entry_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by;

-- Every published version of the entries that are in force today, for questions about an instant: the reader adds the instant's day.
-- It begins with those entries, which are few, and looks up the versions of each.
CREATE VIEW disclosure.listed_entry_version AS
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

-- What the feed tells everybody: the content of what is in force today, of all else that there was something and no more.
CREATE VIEW disclosure.credit_entry_version AS
SELECT v.id, l.subject_code AS code, v.change_id, v.ordinal, v.ended_by, v.ended_ordinal, s.position AS recorded_from, e.position AS recorded_to,
       CASE WHEN v.published_on IS NOT NULL AND l.id IS NOT NULL THEN
         json_build_object('origin', v.origin, 'listCode', v.list_code, 'listKind', v.list_kind, 'groundCode', v.ground_code,
                           'subjectKind', l.subject_kind, 'subjectCode', l.subject_code, 'authority', v.authority,
                           'documentNumber', v.document_number, 'decidedOn', v.decided_on, 'publishedOn', v.published_on,
                           'lastDay', v.last_day, 'disputed', v.disputed) END AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.credit_entry AS t
        UNION ALL SELECT h.* FROM register.credit_entry_history AS h) AS v
  LEFT JOIN disclosure.listed_entry AS l ON l.id = v.id
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by;

CALL register.tell_changes('credit_entry', 'CREDIT_ENTRY');
CALL register.tell_changes('entry_step', 'ENTRY_STEP');
CALL register.tell_changes('credit_case', 'CREDIT_CASE');
CALL register.tell_changes('case_step', 'CASE_STEP');

GRANT SELECT ON disclosure.listed_entry, disclosure.listed_entry_version, disclosure.credit_entry_version, disclosure.institution_entry
  TO registry_staff, registry_public;
GRANT SELECT ON register.staff_entry, register.credit_case_version, register.case_step_version, register.entry_step_version,
  register.credit_entry_version TO registry_staff;
