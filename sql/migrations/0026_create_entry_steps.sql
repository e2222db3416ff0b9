-- What happens to an entry after its decision, whatever its origin: publication, objection, repair, withdrawal.
CREATE TABLE register.entry_step (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  entry_id bigint NOT NULL REFERENCES register.credit_entry (id),
  number integer NOT NULL CHECK (number > 0),
  kind text NOT NULL CHECK (kind IN ('PUBLISHED', 'OBJECTION_RAISED', 'OBJECTION_REJECTED', 'OBJECTION_UPHELD', 'CORRECTED',
                                     'REPAIR_APPLIED', 'REPAIR_GRANTED', 'REPAIR_REFUSED', 'WITHDRAWN', 'ANNULLED')),
  day date NOT NULL DEFAULT register.law_today(),
  actor text NOT NULL CHECK (actor <> ''),
  actor_region text,
  reason text NOT NULL CHECK (reason <> ''),
  documents jsonb NOT NULL DEFAULT '[]' CHECK (register.are_documents(documents)),
  duties_done boolean,
  promise_public boolean,
  ground_code text,
  repair_class text,
  document_number text,
  CONSTRAINT entry_step_number UNIQUE (entry_id, number),
  CONSTRAINT entry_step_repair CHECK (CASE kind WHEN 'REPAIR_APPLIED' THEN duties_done AND promise_public
                                           ELSE num_nonnulls(duties_done, promise_public) = 0 END),
  CONSTRAINT entry_step_correction CHECK ((kind = 'CORRECTED') = (num_nonnulls(ground_code, repair_class) > 0)),
  CONSTRAINT entry_step_document CHECK (kind NOT IN ('OBJECTION_UPHELD', 'CORRECTED', 'REPAIR_GRANTED', 'WITHDRAWN', 'ANNULLED') OR document_number <> '')
);
COMMENT ON COLUMN register.entry_step.promise_public IS 'A public promise of credit (公开信用承诺) was given.';
COMMENT ON COLUMN register.entry_step.actor_region IS 'As of case_step; NULL where the subject itself acts.';
CALL register.keep_versions('entry_step', ARRAY['entry_id']);
REVOKE UPDATE, DELETE ON register.entry_step FROM registry_staff;

-- Whom the transaction acts for: the authority that answers for the entry takes every step, the subject itself objects or asks for repair.
CREATE FUNCTION register.answers_for_entry(entry_id bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT EXISTS (SELECT FROM register.credit_entry AS e
                  WHERE e.id = entry_id AND register.in_region_scope(e.region_code))
$$;
CREATE FUNCTION register.is_own_entry(entry_id bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT EXISTS (SELECT FROM register.credit_entry AS e
                   JOIN register.institution AS i ON i.id = e.institution_id OR i.organisation_id = e.organisation_id
                  WHERE e.id = entry_id AND i.code = nullif(current_setting('registry.institution', true), ''))
$$;
-- Whether the transaction sees one entry, told without reading any other.
CREATE FUNCTION register.sees_entry(entry_id bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT register.answers_for_entry(entry_id) OR register.is_own_entry(entry_id) OR EXISTS (
    SELECT FROM register.credit_entry AS e
     WHERE e.id = entry_id AND register.acts_for_region() AND register.supervises(e.organisation_id, e.institution_id, e.person_id))
$$;
GRANT EXECUTE ON FUNCTION register.answers_for_entry, register.is_own_entry, register.sees_entry TO registry_staff;

CREATE POLICY entry_step_scope ON register.entry_step FOR SELECT TO registry_staff USING (register.sees_entry(entry_id));
CREATE POLICY entry_step_history_scope ON register.entry_step_history FOR SELECT TO registry_staff USING (register.sees_entry(entry_id));
CREATE POLICY entry_step_taking ON register.entry_step FOR INSERT TO registry_staff
  WITH CHECK (register.answers_for_entry(entry_id)
              OR (kind IN ('OBJECTION_RAISED', 'REPAIR_APPLIED') AND register.is_own_entry(entry_id)));

-- The earliest day on which repair can be asked for: the one after the minimum, or that of the decision where there is none.
CREATE FUNCTION register.earliest_repair(decided_on date, least_months integer) RETURNS date LANGUAGE sql IMMUTABLE
RETURN CASE WHEN coalesce(least_months, 0) = 0 THEN decided_on ELSE register.months_after(decided_on, least_months) + 1 END;
GRANT EXECUTE ON FUNCTION register.earliest_repair TO registry_staff, registry_public;

-- Raises where a step of this kind may not be taken on the entry as it stands.
CREATE FUNCTION register.check_entry_state(kind text, day date, entry register.credit_entry, original register.credit_entry) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  last_day CONSTANT date := least(register.credit_last_day(entry.last_day, entry.ended_on), register.credit_last_day(original.last_day, original.ended_on));
BEGIN
  IF entry.ended_on IS NOT NULL THEN
    PERFORM register.refuse('entry_step_ended', 'the entry has ended');
  END IF;
  IF kind = 'PUBLISHED' AND (entry.published_on IS NOT NULL OR day > last_day)
     OR kind = 'OBJECTION_RAISED' AND entry.disputed
     OR kind IN ('OBJECTION_REJECTED', 'OBJECTION_UPHELD', 'CORRECTED') AND NOT entry.disputed
     OR kind = 'REPAIR_APPLIED' AND (entry.repair_pending OR entry.published_on IS NULL OR entry.list_kind = 'RED'
                                     OR entry.original_id IS NOT NULL OR day > last_day)
     OR kind IN ('REPAIR_GRANTED', 'REPAIR_REFUSED') AND NOT entry.repair_pending THEN
    PERFORM register.refuse('entry_step_transition', 'this step does not follow in the state of the entry');
  END IF;
  IF kind IN ('REPAIR_APPLIED', 'REPAIR_GRANTED') AND day < register.earliest_repair(entry.decided_on, entry.least_months) THEN
    PERFORM register.refuse('entry_step_minimum', 'the minimum of publication has not passed');
  END IF;
END
$$;

CREATE FUNCTION register.check_entry_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  entry register.credit_entry;
  original register.credit_entry;
  taken integer;
BEGIN
  SELECT * INTO entry FROM register.credit_entry AS e WHERE e.id = NEW.entry_id FOR UPDATE;
  SELECT * INTO original FROM register.credit_entry AS e WHERE e.id = entry.original_id;
  SELECT coalesce(max(s.number), 0) INTO taken FROM register.entry_step AS s WHERE s.entry_id = NEW.entry_id;
  IF NEW.number <> taken + 1 THEN
    PERFORM register.refuse_number('entry_step_number');
  END IF;
  IF NEW.day <> register.law_today() THEN
    PERFORM register.refuse('entry_step_day', 'a step is of the day on which it is recorded');
  END IF;
  NEW.actor_region := register.acting_region();
  PERFORM register.check_entry_state(NEW.kind, NEW.day, entry, original);
  IF NEW.kind IN ('OBJECTION_REJECTED', 'OBJECTION_UPHELD', 'CORRECTED', 'REPAIR_GRANTED', 'REPAIR_REFUSED') AND NEW.actor = (
    SELECT s.actor FROM register.entry_step AS s
     WHERE s.entry_id = NEW.entry_id AND s.kind = CASE WHEN NEW.kind LIKE 'REPAIR%' THEN 'REPAIR_APPLIED' ELSE 'OBJECTION_RAISED' END
     ORDER BY s.number DESC LIMIT 1) THEN
    PERFORM register.refuse('entry_step_asker', 'who raised it does not decide it');
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER check_step BEFORE INSERT ON register.entry_step FOR EACH ROW EXECUTE FUNCTION register.check_entry_step();

-- Every step shows on its entry, under the ordinal after its own, in the same change set: what ends, ends everywhere at one moment.
CREATE FUNCTION register.move_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  ends CONSTANT text := CASE NEW.kind WHEN 'REPAIR_GRANTED' THEN 'REPAIRED' WHEN 'OBJECTION_UPHELD' THEN 'ANNULLED'
                                      WHEN 'ANNULLED' THEN 'ANNULLED' WHEN 'WITHDRAWN' THEN 'WITHDRAWN' END;
BEGIN
  UPDATE register.credit_entry AS e
     SET published_on = CASE NEW.kind WHEN 'PUBLISHED' THEN NEW.day ELSE e.published_on END,
         disputed = ends IS NULL AND CASE WHEN NEW.kind = 'OBJECTION_RAISED' THEN true
                                          WHEN NEW.kind IN ('OBJECTION_REJECTED', 'CORRECTED') THEN false ELSE e.disputed END,
         repair_pending = ends IS NULL AND CASE NEW.kind WHEN 'REPAIR_APPLIED' THEN true WHEN 'REPAIR_REFUSED' THEN false ELSE e.repair_pending END,
         ground_code = coalesce(NEW.ground_code, e.ground_code),
         repair_class = coalesce(NEW.repair_class, e.repair_class),
         last_day = CASE WHEN NEW.repair_class IS NULL THEN e.last_day ELSE least(e.last_day, (
                      SELECT register.months_after(e.decided_on, t.most_months) FROM register.credit_term AS t
                       WHERE t.repair_class = NEW.repair_class AND t.effective @> e.decided_on)) END,
         ended_on = CASE WHEN ends IS NULL THEN e.ended_on ELSE NEW.day END,
         end_kind = coalesce(ends, e.end_kind),
         end_reason = CASE WHEN ends IS NULL THEN e.end_reason ELSE NEW.reason END,
         end_document_number = CASE WHEN ends IS NULL THEN e.end_document_number ELSE NEW.document_number END,
         change_id = NEW.change_id, ordinal = NEW.ordinal + 1
   WHERE e.id = NEW.entry_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER move_entry AFTER INSERT ON register.entry_step FOR EACH ROW EXECUTE FUNCTION register.move_entry();

-- An entry after its newest step, for the guards of the next one; no row where the transaction does not see it.
CREATE FUNCTION register.entry_standing(entry_id bigint, OUT list_kind text, OUT decided_on date, OUT least_months integer, OUT published_on date,
  OUT last_day date, OUT ended_on date, OUT disputed boolean, OUT repair_pending boolean, OUT published_in_principle boolean, OUT original_id bigint,
  OUT original_published_on date, OUT original_last_day date, OUT original_ended_on date, OUT number integer, OUT objector text, OUT applicant text,
  OUT answered_for boolean, OUT own boolean, OUT today date) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT e.list_kind, e.decided_on, coalesce(e.least_months, 0)::integer, e.published_on, e.last_day, e.ended_on, e.disputed, e.repair_pending,
         coalesce((SELECT t.published FROM register.credit_term AS t WHERE t.repair_class = e.repair_class AND t.effective @> e.decided_on), true),
         e.original_id, o.published_on, o.last_day, o.ended_on,
         coalesce((SELECT max(s.number) FROM register.entry_step AS s WHERE s.entry_id = e.id), 0),
         (SELECT s.actor FROM register.entry_step AS s WHERE s.entry_id = e.id AND s.kind = 'OBJECTION_RAISED' ORDER BY s.number DESC LIMIT 1),
         (SELECT s.actor FROM register.entry_step AS s WHERE s.entry_id = e.id AND s.kind = 'REPAIR_APPLIED' ORDER BY s.number DESC LIMIT 1),
         register.in_region_scope(e.region_code), register.is_own_entry(e.id), register.law_today()
    FROM register.credit_entry AS e
    LEFT JOIN register.credit_entry AS o ON o.id = e.original_id
   WHERE e.id = entry_standing.entry_id AND register.sees_entry(e.id)
$$;
GRANT EXECUTE ON FUNCTION register.entry_standing TO registry_staff;
