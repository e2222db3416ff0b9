-- What is known of an institution by day: residents by ability class, the official grade, and measures of any code.
CREATE TABLE register.resident_count (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  institution_id bigint NOT NULL REFERENCES register.institution (id),
  ability_class text NOT NULL CHECK (ability_class IN ('SELF_CARE', 'PARTLY_DISABLED', 'DISABLED', 'DEMENTIA')),
  day_from date NOT NULL,
  headcount integer NOT NULL CHECK (headcount >= 0),
  CONSTRAINT resident_count_day UNIQUE (institution_id, ability_class, day_from)
);
CALL register.keep_versions('resident_count');

CREATE TABLE register.assessment (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  institution_id bigint NOT NULL REFERENCES register.institution (id),
  decided_on date NOT NULL,
  grade smallint NOT NULL CHECK (grade BETWEEN 1 AND 5),
  environment numeric(5, 2) NOT NULL CHECK (environment BETWEEN 0 AND 120),
  facilities numeric(5, 2) NOT NULL CHECK (facilities BETWEEN 0 AND 130),
  operations numeric(5, 2) NOT NULL CHECK (operations BETWEEN 0 AND 150),
  service numeric(5, 2) NOT NULL CHECK (service BETWEEN 0 AND 600),
  valid daterange NOT NULL CHECK (NOT isempty(valid)),
  assessor text NOT NULL,
  document_number text,
  CONSTRAINT assessment_decision UNIQUE (institution_id, decided_on)
);
COMMENT ON TABLE register.assessment IS 'Assessed grade by GB/T 37276-2018: an official decision with validity, never mixed with the computed rating.';
CALL register.keep_versions('assessment', ARRAY['institution_id']);
CALL register.show_to_all_staff('assessment');

CREATE TABLE register.measure_value (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  institution_id bigint NOT NULL REFERENCES register.institution (id),
  measure_code text NOT NULL,
  day date NOT NULL,
  value numeric(18, 6),
  flag text,
  CONSTRAINT measure_value_day UNIQUE (institution_id, measure_code, day)
);
COMMENT ON COLUMN register.measure_value.value IS 'NULL: reported as not submitted; flag may say why.';
CALL register.keep_versions('measure_value');

CREATE POLICY resident_count_scope ON register.resident_count TO registry_staff
  USING ((SELECT register.sees_all()) OR institution_id IN (SELECT register.institutions_in_scope()));
CREATE POLICY resident_count_history_scope ON register.resident_count_history FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR institution_id IN (SELECT register.institutions_in_scope()));

CREATE POLICY measure_value_scope ON register.measure_value TO registry_staff
  USING ((SELECT register.sees_all()) OR institution_id IN (SELECT register.institutions_in_scope()));
CREATE POLICY measure_value_history_scope ON register.measure_value_history FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR institution_id IN (SELECT register.institutions_in_scope()));
