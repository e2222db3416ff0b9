-- The legal entity, and the facilities it runs.
CREATE TABLE register.organisation (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL UNIQUE,
  scheme text NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  legal_form text NOT NULL,
  region_code text NOT NULL,
  status text NOT NULL CHECK (status IN ('ACTIVE', 'SUSPENDED', 'CLOSED')),
  registered_on date,
  address text,
  legal_representative text
);
CALL register.keep_versions('organisation', ARRAY['code']);
CALL register.show_to_all_staff('organisation');

CREATE TABLE register.institution (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL UNIQUE,
  scheme text NOT NULL,
  organisation_id bigint NOT NULL REFERENCES register.organisation (id),
  name text NOT NULL CHECK (name <> ''),
  name_pinyin text NOT NULL,
  name_initials text NOT NULL,
  kind text NOT NULL,
  region_code text NOT NULL,
  status text NOT NULL CHECK (status IN ('ACTIVE', 'SUSPENDED', 'CLOSED')),
  beds integer NOT NULL CHECK (beds >= 0),
  opened_on date,
  closed_on date CHECK (closed_on >= opened_on),
  address text
);
CALL register.keep_versions('institution', ARRAY['code', 'organisation_id']);
CALL register.show_to_all_staff('institution');
CREATE INDEX institution_organisation ON register.institution (organisation_id);
CREATE INDEX institution_region ON register.institution (region_code, id);
CREATE INDEX institution_name ON register.institution (name, id);
CREATE INDEX institution_beds ON register.institution (beds, id);
