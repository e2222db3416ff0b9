-- Real people: the number encrypted, found by keyed hash, shown masked; and where they work.
CREATE TABLE register.person (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number_hash bytea UNIQUE,
  number_encrypted bytea,
  number_mask text NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  education text,
  registered_on date,
  CONSTRAINT person_erased CHECK (
    CASE WHEN number_hash IS NOT NULL THEN number_encrypted IS NOT NULL
         ELSE number_encrypted IS NULL AND number_mask = 'ERASED' AND name = 'ERASED' AND registered_on IS NULL END)
);
COMMENT ON COLUMN register.person.education IS 'One of seven steps; stays of an erased person, as levels of certificates do, because ratings rest on it.';
COMMENT ON COLUMN register.person.number_hash IS 'NULL where the person was erased; what is left of an erased person names nobody.';
CALL register.keep_versions('person');

CREATE TABLE register.employment (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  institution_id bigint NOT NULL REFERENCES register.institution (id),
  person_id bigint NOT NULL REFERENCES register.person (id),
  occupation text NOT NULL,
  worked daterange NOT NULL CHECK (NOT isempty(worked) AND NOT lower_inf(worked)),
  fte_thousandths smallint NOT NULL CHECK (fte_thousandths BETWEEN 1 AND 1000),
  dispatched_by bigint REFERENCES register.organisation (id),
  appointed_level smallint NOT NULL DEFAULT 0 CHECK (appointed_level IN (0, 1, 8)),
  position_title text,
  CONSTRAINT employment_worked UNIQUE (institution_id, person_id, occupation, worked WITHOUT OVERLAPS)
);
COMMENT ON COLUMN register.employment.dispatched_by IS '劳务派遣: the employer on record of a person who works here.';
CALL register.keep_versions('employment');
CREATE UNIQUE INDEX employment_started ON register.employment (person_id, institution_id, occupation, lower(worked));
CREATE INDEX employment_institution ON register.employment (institution_id);

-- Institutions in the region (and below) that the transaction acts for, or the one institution it acts for. The planner adds what it
-- thinks this costs to every look-up by index, also where all is seen and it never runs: ROWS keeps it from reading whole tables instead.
CREATE FUNCTION register.institutions_in_scope() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 10 SET search_path = register, pg_temp AS $$
  SELECT i.id FROM register.institution AS i
   WHERE i.region_code IN (
     SELECT r.code FROM register.region AS r
      WHERE r.path = current_setting('registry.scope', true)
         OR starts_with(r.path, current_setting('registry.scope', true) || '/'))
  UNION
  SELECT i.id FROM register.institution AS i
   WHERE i.code = nullif(current_setting('registry.institution', true), '')
$$;
GRANT EXECUTE ON FUNCTION register.institutions_in_scope TO registry_staff;

-- People who work, or worked, at these.
CREATE FUNCTION register.people_in_scope() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 10 SET search_path = register, pg_temp AS $$
  SELECT e.person_id FROM register.employment AS e WHERE e.institution_id IN (SELECT register.institutions_in_scope())
$$;
GRANT EXECUTE ON FUNCTION register.people_in_scope TO registry_staff;

CREATE POLICY employment_scope ON register.employment TO registry_staff
  USING ((SELECT register.sees_all()) OR institution_id IN (SELECT register.institutions_in_scope()));
CREATE POLICY employment_history_scope ON register.employment_history FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR institution_id IN (SELECT register.institutions_in_scope()));
CREATE POLICY person_scope ON register.person TO registry_staff
  USING ((SELECT register.sees_all()) OR id IN (SELECT register.people_in_scope()));
CREATE POLICY person_history_scope ON register.person_history FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR id IN (SELECT register.people_in_scope()));
