-- Flags (预警): what a rule or a regulator found, and what an authority made of it. A fact raises one flag, whatever became of it.
CREATE TABLE register.flag (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rule text NOT NULL CHECK (rule <> ''),
  severity text NOT NULL CHECK (severity IN ('NOTICE', 'WARNING', 'SERIOUS')),
  institution_id bigint NOT NULL REFERENCES register.institution (id),
  person_id bigint REFERENCES register.person (id),
  region_code text NOT NULL,
  fact_key text NOT NULL CHECK (fact_key <> ''),
  evidence jsonb NOT NULL,
  raised_on date NOT NULL,
  raised_by text NOT NULL CHECK (raised_by <> ''),
  state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'DISMISSED', 'ESCALATED')),
  resolved_on date,
  resolved_by text,
  reason text,
  case_id bigint REFERENCES register.credit_case (id),
  CONSTRAINT flag_fact UNIQUE (rule, fact_key),
  CONSTRAINT flag_resolution CHECK (
    CASE state WHEN 'OPEN' THEN num_nonnulls(resolved_on, resolved_by, reason, case_id) = 0
               ELSE num_nonnulls(resolved_on, resolved_by, reason) = 3 AND (state = 'ESCALATED') = (case_id IS NOT NULL) END)
);
COMMENT ON COLUMN register.flag.region_code IS 'Of the institution when the flag was raised: whose business it is.';
COMMENT ON COLUMN register.flag.fact_key IS 'What tells the fact from others of its rule, by ids of the register; a fact that has changed has another key.';
COMMENT ON COLUMN register.flag.evidence IS 'What was found, with masked numbers; the day and the numbers compared.';
CALL register.keep_versions('flag', ARRAY['institution_id']);
REVOKE UPDATE, DELETE ON register.flag FROM registry_staff;
GRANT UPDATE (state, resolved_on, resolved_by, reason, case_id, change_id, ordinal) ON register.flag TO registry_staff;
CREATE INDEX flag_institution ON register.flag (institution_id);
CREATE INDEX flag_person ON register.flag (person_id);
CREATE INDEX flag_region ON register.flag (region_code, id);
CREATE INDEX flag_state ON register.flag (state, id);

-- A flag is resolved once.
CREATE FUNCTION register.check_flag() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'OPEN' AND (NEW.state, NEW.case_id, NEW.resolved_on, NEW.resolved_by) IS DISTINCT FROM
                             (OLD.state, OLD.case_id, OLD.resolved_on, OLD.resolved_by) THEN
    PERFORM register.refuse('flag_resolved', 'the flag is resolved');
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER check_flag BEFORE UPDATE ON register.flag FOR EACH ROW EXECUTE FUNCTION register.check_flag();

CREATE POLICY flag_scope ON register.flag TO registry_staff
  USING ((SELECT register.sees_all()) OR ((SELECT register.acts_for_region()) AND region_code IN (SELECT register.regions_in_scope())));
CREATE POLICY flag_history_scope ON register.flag_history FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR ((SELECT register.acts_for_region()) AND region_code IN (SELECT register.regions_in_scope())));

CREATE VIEW register.flag_version WITH (security_invoker = true) AS
SELECT v.*,
       coalesce(i.code, (SELECT f.code FROM register.institution_history AS f WHERE f.id = v.institution_id LIMIT 1)) AS code,
       s.position AS recorded_from, e.position AS recorded_to, s.recorded_at,
       json_build_object('rule', v.rule, 'severity', v.severity,
                         'institutionCode', coalesce(i.code, (SELECT f.code FROM register.institution_history AS f WHERE f.id = v.institution_id LIMIT 1)),
                         'regionCode', v.region_code, 'evidence', v.evidence, 'raisedOn', v.raised_on, 'state', v.state,
                         'resolvedOn', v.resolved_on, 'reason', v.reason, 'case', v.case_id) AS content
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.flag AS t
        UNION ALL SELECT h.* FROM register.flag_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id
  LEFT JOIN register.change_set AS e ON e.id = v.ended_by
  LEFT JOIN register.institution AS i ON i.id = v.institution_id;
CALL register.tell_changes('flag', 'FLAG');
GRANT SELECT ON register.flag_version TO registry_staff;

-- How far the rules have followed the register, and the law day of their last look at all of it.
CREATE TABLE register.flag_follow (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  position bigint NOT NULL,
  looked_on date NOT NULL
);
INSERT INTO register.flag_follow (position, looked_on) VALUES (0, '-infinity');
COMMENT ON TABLE register.flag_follow IS 'Moved in the transaction that raises the flags, so that nothing is passed over, whatever is killed when.';
ALTER TABLE register.flag_follow SET (fillfactor = 20);
GRANT SELECT, UPDATE (position, looked_on) ON register.flag_follow TO registry_staff;

-- What a flag tells of a person goes with the person.
INSERT INTO register.personal_column (relation, column_name, whose, mark)
VALUES ('flag', 'evidence', 't.person_id = ANY ($1)', '{}'), ('flag', 'reason', 't.person_id = ANY ($1) AND t.reason IS NOT NULL', 'ERASED');
GRANT MAINTAIN ON register.flag, register.flag_history TO registry_staff;
