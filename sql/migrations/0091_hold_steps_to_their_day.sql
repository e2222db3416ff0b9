-- A step is of the law day on which it is recorded, which is when its change set is published: a transaction that was held open over
-- midnight took its steps on a day that is over.
CREATE FUNCTION register.day_of(at timestamptz) RETURNS date LANGUAGE sql STABLE RETURN (at AT TIME ZONE 'Asia/Shanghai')::date;

CREATE FUNCTION register.check_day_of_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF register.day_of(NEW.recorded_at) <> register.day_of(now())
     AND (EXISTS (SELECT FROM register.case_step AS s WHERE s.change_id = NEW.id)
          OR EXISTS (SELECT FROM register.entry_step AS s WHERE s.change_id = NEW.id)) THEN
    PERFORM register.refuse('case_step_day', 'the day of the step has ended before it was recorded');
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER check_day_of_steps BEFORE INSERT ON register.change_set FOR EACH ROW EXECUTE FUNCTION register.check_day_of_steps();

-- And no step from now on outlives its transaction without a change set that records it.
ALTER TABLE register.case_step ADD CONSTRAINT case_step_recorded FOREIGN KEY (change_id) REFERENCES register.change_set (id)
  DEFERRABLE INITIALLY DEFERRED NOT VALID;
ALTER TABLE register.entry_step ADD CONSTRAINT entry_step_recorded FOREIGN KEY (change_id) REFERENCES register.change_set (id)
  DEFERRABLE INITIALLY DEFERRED NOT VALID;
