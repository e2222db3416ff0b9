-- Cases (信用案件) and entries (名单记录) on credit lists. A case is its opening and nothing else: what happens to it are its steps.
CREATE TABLE register.credit_case (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  list_code text NOT NULL,
  ground_code text NOT NULL,
  organisation_id bigint REFERENCES register.organisation (id),
  institution_id bigint REFERENCES register.institution (id),
  person_id bigint REFERENCES register.person (id),
  region_code text NOT NULL,
  intake text NOT NULL CHECK (intake IN ('SUPERVISION', 'FLAG', 'COMPLAINT', 'OTHER_AUTHORITY')),
  intake_reference text,
  CONSTRAINT credit_case_subject CHECK (num_nonnulls(organisation_id, institution_id, person_id) = 1)
);
COMMENT ON COLUMN register.credit_case.region_code IS 'Of the authority that opened it and answers for it (谁监管、谁列入、谁惩戒、谁负责).';
COMMENT ON COLUMN register.credit_case.intake IS 'Where the lead came from (线索来源); a complaint is a lead, never a finding.';
CALL register.keep_versions('credit_case');
REVOKE UPDATE, DELETE ON register.credit_case FROM registry_staff;
CREATE INDEX credit_case_organisation ON register.credit_case (organisation_id);
CREATE INDEX credit_case_institution ON register.credit_case (institution_id);
CREATE INDEX credit_case_person ON register.credit_case (person_id);
CREATE INDEX credit_case_region ON register.credit_case (region_code, id);

-- What is in force is told from the dates of an entry when asked; nothing is marked as ended by the passing of time.
CREATE TABLE register.credit_entry (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  origin text NOT NULL CHECK (origin IN ('LOCAL', 'IMPORTED', 'ADOPTED', 'COURT')),
  case_id bigint UNIQUE REFERENCES register.credit_case (id),
  original_id bigint REFERENCES register.credit_entry (id),
  list_code text NOT NULL,
  list_kind text NOT NULL DEFAULT '' CHECK (list_kind IN ('RED', 'WATCH', 'BLACK')),
  organisation_id bigint REFERENCES register.organisation (id),
  institution_id bigint REFERENCES register.institution (id),
  person_id bigint REFERENCES register.person (id),
  region_code text NOT NULL,
  decided_on date NOT NULL,
  repair_class text CHECK (repair_class IN ('MINOR', 'GENERAL', 'SERIOUS', 'WATCH', 'HONOUR')),
  least_months smallint,
  most_months smallint,
  published_on date,
  last_day date,
  disputed boolean NOT NULL DEFAULT false,
  repair_pending boolean NOT NULL DEFAULT false,
  ended_on date,
  end_kind text CHECK (end_kind IN ('REPAIRED', 'ANNULLED', 'WITHDRAWN')),
  end_reason text,
  end_document_number text,
  reference text,
  document_number text NOT NULL CHECK (document_number <> ''),
  authority text NOT NULL CHECK (authority <> ''),
  ground_code text NOT NULL,
  legal_basis text NOT NULL CHECK (legal_basis <> ''),
  remedy text NOT NULL DEFAULT '',
  evidence text NOT NULL DEFAULT '',
  CONSTRAINT credit_entry_subject CHECK (num_nonnulls(organisation_id, institution_id, person_id) = 1),
  CONSTRAINT credit_entry_origin CHECK (
    CASE origin WHEN 'LOCAL' THEN case_id IS NOT NULL AND original_id IS NULL
                WHEN 'ADOPTED' THEN case_id IS NULL AND (original_id IS NOT NULL OR reference IS NOT NULL)
                ELSE case_id IS NULL AND original_id IS NULL AND reference IS NOT NULL END),
  CONSTRAINT credit_entry_published CHECK (published_on >= decided_on),
  CONSTRAINT credit_entry_ended CHECK ((ended_on IS NULL) = (end_kind IS NULL) AND ended_on >= decided_on),
  CONSTRAINT credit_entry_class CHECK (
    repair_class IS NULL OR CASE list_kind WHEN 'RED' THEN repair_class = 'HONOUR' WHEN 'WATCH' THEN repair_class = 'WATCH'
                                 ELSE repair_class IN ('MINOR', 'GENERAL', 'SERIOUS') END),
  CONSTRAINT credit_entry_term CHECK (
    last_day <= register.months_after(decided_on, most_months)
    AND (origin <> 'LOCAL' OR last_day >= register.months_after(decided_on, least_months))),
  CONSTRAINT credit_entry_document UNIQUE NULLS NOT DISTINCT (list_code, document_number, organisation_id, institution_id, person_id)
);
COMMENT ON COLUMN register.credit_entry.decided_on IS 'Date of the deciding document: from it terms count, and by the rules of this day.';
COMMENT ON COLUMN register.credit_entry.published_on IS 'First day in force; NULL while a decision is not published.';
COMMENT ON COLUMN register.credit_entry.last_day IS 'Last day of publication, which counts in full; NULL where none is set.';
COMMENT ON COLUMN register.credit_entry.ended_on IS 'Day on which repair, annulment or withdrawal ended it, at once: the entry is not in force on it.';
COMMENT ON COLUMN register.credit_entry.original_id IS 'The entry that an adopted one recognises (互认) and whose end it follows.';
COMMENT ON COLUMN register.credit_entry.remedy IS 'Time and way of remedy (救济途径和期限).';
CALL register.keep_versions('credit_entry', ARRAY['organisation_id', 'institution_id', 'person_id']);

-- The last day in force, 'infinity' where none is set; an adopted entry's is at most that of its original.
CREATE FUNCTION register.credit_last_day(last_day date, ended_on date) RETURNS date LANGUAGE sql IMMUTABLE
RETURN coalesce(least(last_day, ended_on - 1), 'infinity'::date);
GRANT EXECUTE ON FUNCTION register.credit_last_day TO registry_staff, registry_public;

CREATE INDEX credit_entry_person ON register.credit_entry (person_id);
CREATE INDEX credit_entry_region ON register.credit_entry (region_code, id);
CREATE INDEX credit_entry_original ON register.credit_entry (original_id) WHERE original_id IS NOT NULL;
-- What is in force is found past what has ended without a look at the rows.
CREATE INDEX credit_entry_in_force ON register.credit_entry (register.credit_last_day(last_day, ended_on), id)
  INCLUDE (last_day, ended_on, published_on, original_id, decided_on);
-- What bears on a subject is found past what bore on it once.
CREATE INDEX credit_entry_institution ON register.credit_entry (institution_id, register.credit_last_day(last_day, ended_on))
  WHERE institution_id IS NOT NULL;
CREATE INDEX credit_entry_organisation ON register.credit_entry (organisation_id, register.credit_last_day(last_day, ended_on))
  WHERE organisation_id IS NOT NULL;
CREATE INDEX credit_entry_decided ON register.credit_entry (decided_on DESC, id DESC);

CREATE FUNCTION register.refuse(rule text, told text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', told USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END
$$;

-- The rules of the decision day go into the entry; what they do not allow is refused, whoever writes it.
CREATE FUNCTION register.check_credit_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  original register.credit_entry;
BEGIN
  IF NEW.decided_on > register.law_today() THEN
    PERFORM register.refuse('credit_entry_decided', 'a decision is not of a day to come');
  END IF;
  SELECT l.kind INTO NEW.list_kind FROM register.credit_list AS l WHERE l.code = NEW.list_code AND l.effective @> NEW.decided_on;
  IF NEW.list_kind IS NULL THEN
    PERFORM register.refuse('credit_entry_list', 'the list was not kept on the day of the decision');
  END IF;
  IF NOT EXISTS (SELECT FROM register.credit_ground AS g
                  WHERE g.code = NEW.ground_code AND g.list_kind = NEW.list_kind AND g.effective @> NEW.decided_on
                    AND NOT (g.court_only AND NEW.origin = 'LOCAL')) THEN
    PERFORM register.refuse('credit_entry_ground', 'this was no ground of the list on the day of the decision');
  END IF;
  NEW.least_months := NULL;
  NEW.most_months := NULL;
  IF NEW.repair_class IS NOT NULL THEN
    SELECT t.least_months, t.most_months INTO NEW.least_months, NEW.most_months
      FROM register.credit_term AS t WHERE t.repair_class = NEW.repair_class AND t.effective @> NEW.decided_on;
    IF NEW.least_months IS NULL THEN
      PERFORM register.refuse('credit_entry_no_term', 'no rule tells the term of this class on the day of the decision');
    END IF;
    NEW.last_day := coalesce(NEW.last_day, register.months_after(NEW.decided_on, NEW.most_months));
  END IF;
  IF NEW.origin <> 'LOCAL' THEN
    NEW.published_on := coalesce(NEW.published_on, NEW.decided_on);
  END IF;
  IF NEW.original_id IS NOT NULL THEN
    SELECT * INTO original FROM register.credit_entry AS e WHERE e.id = NEW.original_id;
    IF original.origin = 'ADOPTED' OR original.list_kind <> NEW.list_kind OR original.region_code = NEW.region_code
       OR (original.organisation_id, original.institution_id, original.person_id)
          IS DISTINCT FROM (NEW.organisation_id, NEW.institution_id, NEW.person_id) THEN
      PERFORM register.refuse('credit_entry_original', 'adopted is an original of another region, on the same subject and kind of list');
    END IF;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER check_rules BEFORE INSERT OR UPDATE ON register.credit_entry FOR EACH ROW EXECUTE FUNCTION register.check_credit_entry();

CREATE FUNCTION register.check_credit_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM register.credit_list AS l
      JOIN register.region AS kept ON kept.code = l.region_code AND kept.valid @> register.law_today()
      JOIN register.region AS r ON r.code = NEW.region_code AND r.valid @> register.law_today()
     WHERE l.code = NEW.list_code AND l.effective @> register.law_today() AND (r.path = kept.path OR starts_with(r.path, kept.path || '/'))
  ) THEN
    PERFORM register.refuse('credit_case_list', 'the list is not kept in this region today');
  END IF;
  IF NOT EXISTS (
    SELECT FROM register.credit_ground AS g JOIN register.credit_list AS l ON l.kind = g.list_kind
     WHERE l.code = NEW.list_code AND l.effective @> register.law_today()
       AND g.code = NEW.ground_code AND g.effective @> register.law_today() AND NOT g.court_only
  ) THEN
    PERFORM register.refuse('credit_case_ground', 'this is no ground for a case of the list today');
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER check_rules BEFORE INSERT ON register.credit_case FOR EACH ROW EXECUTE FUNCTION register.check_credit_case();

-- Legal entities in the region that the transaction acts for, or that run institutions in its scope.
CREATE FUNCTION register.organisations_in_scope() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 10 SET search_path = register, pg_temp AS $$
  SELECT o.id FROM register.organisation AS o WHERE o.region_code IN (SELECT register.regions_in_scope())
  UNION
  SELECT i.organisation_id FROM register.institution AS i WHERE i.id IN (SELECT register.institutions_in_scope())
$$;

-- Whether one region, or the subject of one case, lies in the region that the transaction acts for: for acts on one thing.
CREATE FUNCTION register.in_region_scope(code text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT register.sees_all() OR EXISTS (
    SELECT FROM register.region AS r
     WHERE r.code = in_region_scope.code AND (r.path = current_setting('registry.scope', true)
           OR starts_with(r.path, nullif(current_setting('registry.scope', true), '') || '/')))
$$;
CREATE FUNCTION register.supervises(organisation bigint, institution bigint, person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT register.sees_all()
      OR EXISTS (SELECT FROM register.organisation AS o WHERE o.id = organisation AND register.in_region_scope(o.region_code))
      OR EXISTS (SELECT FROM register.institution AS i
                  WHERE (i.id = institution OR i.organisation_id = organisation) AND register.in_region_scope(i.region_code))
      OR EXISTS (SELECT FROM register.employment AS e JOIN register.institution AS i ON i.id = e.institution_id
                  WHERE e.person_id = person AND register.in_region_scope(i.region_code))
$$;
GRANT EXECUTE ON FUNCTION register.in_region_scope, register.supervises TO registry_staff;

-- True where the transaction acts for an authority; an institution's own people are not its business here.
CREATE FUNCTION register.acts_for_region() RETURNS boolean LANGUAGE sql STABLE
RETURN coalesce(current_setting('registry.institution', true), '') = '' AND coalesce(current_setting('registry.scope', true), '') <> '';
GRANT EXECUTE ON FUNCTION register.organisations_in_scope, register.acts_for_region TO registry_staff;

CREATE POLICY credit_case_scope ON register.credit_case FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR region_code IN (SELECT register.regions_in_scope()));
CREATE POLICY credit_case_history_scope ON register.credit_case_history FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR region_code IN (SELECT register.regions_in_scope()));
CREATE POLICY credit_case_opening ON register.credit_case FOR INSERT TO registry_staff
  WITH CHECK (register.in_region_scope(region_code) AND register.supervises(organisation_id, institution_id, person_id));

CREATE POLICY credit_entry_scope ON register.credit_entry FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR region_code IN (SELECT register.regions_in_scope())
         OR organisation_id IN (SELECT register.organisations_in_scope()) OR institution_id IN (SELECT register.institutions_in_scope())
         OR ((SELECT register.acts_for_region()) AND person_id IN (SELECT register.people_in_scope())));
CREATE POLICY credit_entry_history_scope ON register.credit_entry_history FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR region_code IN (SELECT register.regions_in_scope())
         OR organisation_id IN (SELECT register.organisations_in_scope()) OR institution_id IN (SELECT register.institutions_in_scope())
         OR ((SELECT register.acts_for_region()) AND person_id IN (SELECT register.people_in_scope())));
-- What came from elsewhere is written by imports and adoptions; a LOCAL entry comes from a case, and changes by its steps, alone.
CREATE POLICY credit_entry_stating ON register.credit_entry FOR INSERT TO registry_staff
  WITH CHECK (origin <> 'LOCAL' AND ((SELECT register.sees_all()) OR region_code IN (SELECT register.regions_in_scope())));
CREATE POLICY credit_entry_amending ON register.credit_entry FOR UPDATE TO registry_staff
  USING (origin <> 'LOCAL' AND ((SELECT register.sees_all()) OR region_code IN (SELECT register.regions_in_scope())));
CREATE POLICY credit_entry_removing ON register.credit_entry FOR DELETE TO registry_staff
  USING (origin <> 'LOCAL' AND ((SELECT register.sees_all()) OR region_code IN (SELECT register.regions_in_scope())));
