-- Nobody judges what is their own by taking another key, nobody who objects is worse off for it, and recognition follows the decision it recognises.

-- Whether two identities are one person's: the same, or keys given out under the same name, as when one is renewed.
CREATE FUNCTION register.is_same_hand(one text, other text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp
RETURN one = other OR EXISTS (
  SELECT FROM register.api_key AS a JOIN register.api_key AS b ON lower(btrim(b.name)) = lower(btrim(a.name))
   WHERE a.id = substring(one FROM '^key:([0-9]{1,18})$')::bigint AND b.id = substring(other FROM '^key:([0-9]{1,18})$')::bigint);

CREATE OR REPLACE FUNCTION register.check_case_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
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
  IF NEW.kind IN ('REVIEWED', 'CONSENT_GIVEN', 'CONSENT_REFUSED', 'LISTED', 'DISMISSED') AND register.is_same_hand(NEW.actor, opener) THEN
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
    SELECT FROM register.case_step AS s WHERE s.case_id = NEW.case_id AND s.kind = 'CONSENT_GIVEN' AND register.is_same_hand(s.actor, NEW.actor)) THEN
    PERFORM register.refuse('case_step_higher', 'who consented does not decide');
  END IF;
  IF NEW.kind = 'LISTED' AND the_last.state = 'REVIEWED' AND (
    SELECT l.needs_consent FROM register.credit_list AS l WHERE l.code = the_case.list_code AND l.effective @> NEW.day) THEN
    PERFORM register.refuse('case_step_consent', 'the list needs the consent of the next higher authority');
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION register.check_entry_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  entry register.credit_entry;
  original register.credit_entry;
  taken integer;
  graver CONSTANT text[] := ARRAY['MINOR', 'GENERAL', 'SERIOUS'];
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
  IF NEW.kind IN ('OBJECTION_REJECTED', 'OBJECTION_UPHELD', 'CORRECTED', 'REPAIR_GRANTED', 'REPAIR_REFUSED') AND register.is_same_hand(NEW.actor, (
    SELECT s.actor FROM register.entry_step AS s
     WHERE s.entry_id = NEW.entry_id AND s.kind = CASE WHEN NEW.kind LIKE 'REPAIR%' THEN 'REPAIR_APPLIED' ELSE 'OBJECTION_RAISED' END
     ORDER BY s.number DESC LIMIT 1)) THEN
    PERFORM register.refuse('entry_step_asker', 'who raised it does not decide it');
  END IF;
  IF NEW.kind = 'CORRECTED' AND array_position(graver, NEW.repair_class) > array_position(graver, entry.repair_class) THEN
    PERFORM register.refuse('entry_step_graver', 'an objection does not make the class graver');
  END IF;
  RETURN NEW;
END
$$;

-- A recognition is not older than the decision that it recognises; a later amendment of that is its own.
CREATE FUNCTION register.check_adoption_day() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM register.credit_entry AS o WHERE o.id = NEW.original_id AND o.decided_on > NEW.decided_on) THEN
    PERFORM register.refuse('credit_entry_adopted', 'an entry is adopted after it was decided');
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER check_adoption_day AFTER INSERT OR UPDATE OF decided_on, original_id ON register.credit_entry
  FOR EACH ROW WHEN (NEW.original_id IS NOT NULL) EXECUTE FUNCTION register.check_adoption_day();
