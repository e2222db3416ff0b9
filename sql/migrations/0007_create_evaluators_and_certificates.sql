-- Who evaluates is responsible, who issues is responsible (谁评价、谁负责): issuers with accreditation periods, certificates with status history.
CREATE TABLE register.evaluation_organisation (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL UNIQUE,
  name text NOT NULL CHECK (name <> ''),
  evaluator_type text NOT NULL CHECK (evaluator_type IN ('EMPLOYER', 'SOCIAL')),
  region_code text NOT NULL,
  organisation_id bigint REFERENCES register.organisation (id)
);
CALL register.keep_versions('evaluation_organisation');
CALL register.show_to_all_staff('evaluation_organisation');

CREATE TABLE register.accreditation (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  evaluation_organisation_id bigint NOT NULL REFERENCES register.evaluation_organisation (id),
  accredited daterange NOT NULL CHECK (NOT isempty(accredited) AND NOT lower_inf(accredited)),
  withdrawn_from date,
  withdrawal_reason text,
  CONSTRAINT accreditation_period UNIQUE (evaluation_organisation_id, accredited WITHOUT OVERLAPS)
);
COMMENT ON COLUMN register.accreditation.withdrawn_from IS 'First day for which the accreditation no longer stands; certificates issued from then on do not count.';
CALL register.keep_versions('accreditation');
CALL register.show_to_all_staff('accreditation');
CREATE UNIQUE INDEX accreditation_from ON register.accreditation (evaluation_organisation_id, lower(accredited));

CREATE TABLE register.certificate (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number text NOT NULL,
  person_id bigint NOT NULL REFERENCES register.person (id),
  kind text NOT NULL,
  occupation text NOT NULL,
  level smallint NOT NULL DEFAULT 0 CHECK (level BETWEEN 0 AND 8 OR level BETWEEN 11 AND 15 AND kind = 'PROFESSIONAL_TITLE'),
  evaluation_organisation_id bigint REFERENCES register.evaluation_organisation (id),
  issued_on date NOT NULL,
  expires_on date CHECK (expires_on >= issued_on),
  CONSTRAINT certificate_number UNIQUE (number, kind)
);
COMMENT ON COLUMN register.certificate.level IS 'Ordinal of the eight-level skill ladder (新八级工); 11 to 15 the grades of a professional title (职称); 0 where there is none.';
CALL register.keep_versions('certificate');
CREATE INDEX certificate_person ON register.certificate (person_id);
CREATE INDEX certificate_issuer ON register.certificate (evaluation_organisation_id);

-- A status stands from its day until the next one; before the first, the certificate is VALID from its issue.
CREATE TABLE register.certificate_status (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  certificate_id bigint NOT NULL REFERENCES register.certificate (id),
  effective_from date NOT NULL,
  status text NOT NULL CHECK (status IN ('VALID', 'SUSPENDED', 'REVOKED')),
  CONSTRAINT certificate_status_day UNIQUE (certificate_id, effective_from)
);
CALL register.keep_versions('certificate_status');

CREATE POLICY certificate_scope ON register.certificate TO registry_staff
  USING ((SELECT register.sees_all()) OR person_id IN (SELECT register.people_in_scope()));
CREATE POLICY certificate_history_scope ON register.certificate_history FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR person_id IN (SELECT register.people_in_scope()));
CREATE POLICY certificate_status_scope ON register.certificate_status TO registry_staff
  USING ((SELECT register.sees_all()) OR certificate_id IN (SELECT c.id FROM register.certificate AS c));
CREATE POLICY certificate_status_history_scope ON register.certificate_status_history FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR certificate_id IN (SELECT c.id FROM register.certificate AS c));
