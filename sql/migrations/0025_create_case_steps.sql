-- The steps of cases and of entries: appended, numbered without gaps, of the day on which they are recorded, never altered.
-- Which step may follow in which state stands here once more beside the domain, so that no statement can skip one.
CREATE TABLE register.case_transition (
  kind text NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (kind, from_state)
);
COMMENT ON TABLE register.case_transition IS 'The state machine of a LOCAL case; an empty state is a case without steps.';
GRANT SELECT ON register.case_transition TO registry_staff;
INSERT INTO register.case_transition (kind, from_state, to_state) VALUES
  ('OPENED', '', 'OPEN'),
  ('NOTICE_SERVED', 'OPEN', 'NOTIFIED'),
  ('NOTICE_SERVED', 'NOTIFIED', 'NOTIFIED'),
  ('DEFENCE_RECORDED', 'NOTIFIED', 'DEFENDED'),
  ('DEFENCE_RECORDED', 'DEFENDED', 'DEFENDED'),
  ('REVIEWED', 'NOTIFIED', 'REVIEWED'),
  ('REVIEWED', 'DEFENDED', 'REVIEWED'),
  ('REVIEWED', 'CONSENT_REFUSED', 'REVIEWED'),
  ('CONSENT_GIVEN', 'REVIEWED', 'CONSENTED'),
  ('CONSENT_REFUSED', 'REVIEWED', 'CONSENT_REFUSED'),
  ('LISTED', 'REVIEWED', 'LISTED'),
  ('LISTED', 'CONSENTED', 'LISTED'),
  ('DISMISSED', 'OPEN', 'DISMISSED'),
  ('DISMISSED', 'NOTIFIED', 'DISMISSED'),
  ('DISMISSED', 'DEFENDED', 'DISMISSED'),
  ('DISMISSED', 'REVIEWED', 'DISMISSED'),
  ('DISMISSED', 'CONSENTED', 'DISMISSED'),
  ('DISMISSED', 'CONSENT_REFUSED', 'DISMISSED');

-- Documents: a list of objects with `number`, `dated` (a day) and `sha256` (hexadecimal, of the file), which is kept elsewhere.
CREATE FUNCTION register.are_documents(documents jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN jsonb_typeof(documents) = 'array' AND NOT jsonb_path_exists(documents, '$[*] ? (@.type() != "object"
  || !exists(@.number) || !exists(@.dated) || !exists(@.sha256)
  || !(@.sha256 like_regex "^[0-9a-f]{64}$") || !(@.dated like_regex "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))'::jsonpath);
GRANT EXECUTE ON FUNCTION register.are_documents TO registry_staff;

CREATE TABLE register.case_step (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  case_id bigint NOT NULL REFERENCES register.credit_case (id),
  number integer NOT NULL CHECK (number > 0),
  kind text NOT NULL,
  state text NOT NULL DEFAULT '',
  day date NOT NULL DEFAULT register.law_today(),
  actor text NOT NULL CHECK (actor <> ''),
  actor_region text,
  reason text NOT NULL CHECK (reason <> ''),
  documents jsonb NOT NULL DEFAULT '[]' CHECK (register.are_documents(documents)),
  service_way text CHECK (service_way IN ('DIRECT', 'LEFT', 'POST', 'ELECTRONIC', 'ENTRUSTED', 'ANNOUNCED')),
  served_on date,
  proof text,
  respond_by date,
  recommendation text CHECK (recommendation IN ('LIST', 'DISMISS')),
  repair_class text,
  last_day date,
  document_number text,
  authority text,
  legal_basis text,
  remedy text,
  evidence text,
  CONSTRAINT case_step_number UNIQUE (case_id, number),
  CONSTRAINT case_step_notice CHECK (
    CASE kind WHEN 'NOTICE_SERVED' THEN num_nonnulls(service_way, served_on, proof, respond_by) = 4 ELSE num_nonnulls(service_way, served_on, respond_by) = 0 END),
  CONSTRAINT case_step_review CHECK ((kind = 'REVIEWED') = (recommendation IS NOT NULL)),
  CONSTRAINT case_step_decision CHECK (
    CASE WHEN kind = 'LISTED' THEN num_nonnulls(repair_class, document_number, authority, legal_basis, remedy, evidence) = 6
         ELSE num_nonnulls(repair_class, last_day) = 0 END)
);
COMMENT ON COLUMN register.case_step.actor_region IS 'Region that the actor answers for, NULL for all; set from the transaction, not by who writes.';
COMMENT ON COLUMN register.case_step.served_on IS 'When and how (service_way, 送达方式) the notice reached the subject; the window counts from the day it is recorded.';
COMMENT ON COLUMN register.case_step.respond_by IS 'Last day to state and defend (陈述、申辩), counted in working days; set here.';
CALL register.keep_versions('case_step', ARRAY['case_id']);
REVOKE UPDATE, DELETE ON register.case_step FROM registry_staff;
-- Whether the transaction sees one case, told without reading any other.
CREATE FUNCTION register.sees_case(case_id bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT EXISTS (SELECT FROM register.credit_case AS c WHERE c.id = case_id AND register.in_region_scope(c.region_code))
$$;
GRANT EXECUTE ON FUNCTION register.sees_case TO registry_staff;
CREATE POLICY case_step_scope ON register.case_step TO registry_staff USING (register.sees_case(case_id));
CREATE POLICY case_step_history_scope ON register.case_step_history FOR SELECT TO registry_staff USING (register.sees_case(case_id));

-- The region that the transaction acts for, from its path; NULL where it acts for all or none.
CREATE FUNCTION register.acting_region() RETURNS text LANGUAGE sql STABLE
RETURN nullif(nullif(regexp_replace(coalesce(current_setting('registry.scope', true), ''), '^.*/', ''), 'ALL'), '');

-- The next higher authority is that of the region directly above: of a county its prefecture or, where it belongs to a province or
-- municipality directly, that; headings of the code list such as 市辖区, which are nobody's region, are no rows.
CREATE FUNCTION register.lies_next_above(higher text, lower_code text) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM register.region AS h JOIN register.region AS l ON l.path = h.path || '/' || l.code
                WHERE h.code = higher AND l.code = lower_code AND h.valid @> register.law_today() AND l.valid @> register.law_today());

CREATE FUNCTION register.refuse_number(rule text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'another step came first' USING ERRCODE = 'unique_violation', CONSTRAINT = rule;
END
$$;

-- Steps of one case are written one after the other: who waits for the lock sees the step that came first, and is refused.
CREATE FUNCTION register.check_case_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  the_case register.credit_case;
  the_last register.case_step;
  opener text;
BEGIN
  SELECT * INTO the_case FROM register.credit_case AS c WHERE c.id = NEW.case_id FOR UPDATE;
  SELECT * INTO the_last FROM register.case_step AS s WHERE s.case_id = NEW.case_id ORDER BY s.number DESC LIMIT 1;
  SELECT s.actor INTO opener FROM register.case_step AS s WHERE s.case_id = NEW.case_id AND s.number = 1;
  IF NEW.number <> coalesce(the_last.number, 0) + 1 THEN
    PERFORM register.refuse_number('case_step_number');
  END IF;
  IF NEW.day <> register.law_today() THEN
    PERFORM register.refuse('case_step_day', 'a step is of the day on which it is recorded');
  END IF;
  NEW.actor_region := register.acting_region();
  SELECT t.to_state INTO NEW.state FROM register.case_transition AS t
   WHERE t.kind = NEW.kind AND t.from_state = coalesce(the_last.state, '');
  IF NEW.state IS NULL THEN
    PERFORM register.refuse('case_step_transition', 'this step does not follow in the state of the case');
  END IF;
  IF NEW.kind IN ('REVIEWED', 'CONSENT_GIVEN', 'CONSENT_REFUSED', 'LISTED', 'DISMISSED') AND NEW.actor = opener THEN
    PERFORM register.refuse('case_step_opener', 'who opened the case does not review, consent to or decide it');
  END IF;
  IF NEW.kind = 'NOTICE_SERVED' THEN
    IF NEW.served_on > NEW.day OR NEW.served_on < (SELECT s.day FROM register.case_step AS s WHERE s.case_id = NEW.case_id AND s.number = 1) THEN
      PERFORM register.refuse('case_step_served', 'a notice is served between the opening of the case and today');
    END IF;
    NEW.respond_by := register.working_day_after(NEW.day, register.credit_window_days('DEFENCE', NEW.day));
    IF NEW.respond_by IS NULL THEN
      PERFORM register.refuse('case_step_calendar', 'the window reaches beyond the working calendar');
    END IF;
  END IF;
  IF NEW.kind = 'REVIEWED' AND the_last.state = 'NOTIFIED' AND NEW.day <= the_last.respond_by THEN
    PERFORM register.refuse('case_step_window', 'the subject may still state and defend');
  END IF;
  IF NEW.kind IN ('CONSENT_GIVEN', 'CONSENT_REFUSED') AND NOT register.lies_next_above(NEW.actor_region, the_case.region_code) THEN
    PERFORM register.refuse('case_step_higher', 'consent is given by the next higher authority');
  END IF;
  IF NEW.kind = 'LISTED' AND EXISTS (
    SELECT FROM register.case_step AS s WHERE s.case_id = NEW.case_id AND s.kind = 'CONSENT_GIVEN' AND s.actor = NEW.actor) THEN
    PERFORM register.refuse('case_step_higher', 'who consented does not decide');
  END IF;
  IF NEW.kind = 'LISTED' AND the_last.state = 'REVIEWED' AND (
    SELECT l.needs_consent FROM register.credit_list AS l WHERE l.code = the_case.list_code AND l.effective @> NEW.day) THEN
    PERFORM register.refuse('case_step_consent', 'the list needs the consent of the next higher authority');
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER check_step BEFORE INSERT ON register.case_step FOR EACH ROW EXECUTE FUNCTION register.check_case_step();

-- A decision to list makes the entry, under the ordinal after the step's own.
CREATE FUNCTION register.enter_listed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  INSERT INTO register.credit_entry (origin, case_id, list_code, ground_code, organisation_id, institution_id, person_id, region_code,
    authority, document_number, decided_on, repair_class, last_day, legal_basis, remedy, evidence, change_id, ordinal)
  SELECT 'LOCAL', c.id, c.list_code, c.ground_code, c.organisation_id, c.institution_id, c.person_id, c.region_code,
         NEW.authority, NEW.document_number, NEW.day, NEW.repair_class, NEW.last_day, NEW.legal_basis, NEW.remedy, NEW.evidence,
         NEW.change_id, NEW.ordinal + 1
    FROM register.credit_case AS c WHERE c.id = NEW.case_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER enter_listed AFTER INSERT ON register.case_step FOR EACH ROW WHEN (NEW.kind = 'LISTED') EXECUTE FUNCTION register.enter_listed();

-- A case after its newest step, for the guards of the next one; no row where the transaction does not see it.
CREATE FUNCTION register.case_standing(case_id bigint, OUT state text, OUT number integer, OUT region_path text, OUT needs_consent boolean,
                                       OUT opener text, OUT respond_by date, OUT consenter text, OUT today date) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT n.state, n.number, coalesce(r.path, ''), coalesce(l.needs_consent, false), o.actor, n.respond_by,
         (SELECT s.actor FROM register.case_step AS s WHERE s.case_id = c.id AND s.kind = 'CONSENT_GIVEN' ORDER BY s.number DESC LIMIT 1),
         register.law_today()
    FROM register.credit_case AS c
    JOIN register.case_step AS o ON o.case_id = c.id AND o.number = 1
    JOIN LATERAL (SELECT s.state, s.number, s.respond_by FROM register.case_step AS s WHERE s.case_id = c.id ORDER BY s.number DESC LIMIT 1) AS n ON true
    LEFT JOIN register.region AS r ON r.code = c.region_code AND r.valid @> register.law_today()
    LEFT JOIN register.credit_list AS l ON l.code = c.list_code AND l.effective @> register.law_today()
   WHERE c.id = case_standing.case_id AND register.in_region_scope(c.region_code)
$$;
-- The entry that the decision on a case made.
CREATE FUNCTION register.entry_of_case(case_id bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT e.id FROM register.credit_entry AS e WHERE e.case_id = entry_of_case.case_id AND register.in_region_scope(e.region_code)
$$;
GRANT EXECUTE ON FUNCTION register.case_standing, register.entry_of_case TO registry_staff;
