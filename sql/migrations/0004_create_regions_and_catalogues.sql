-- Regions (GB/T 2260) with validity dates, and the catalogues that authorities edit: occupations, working calendar.
CREATE TABLE register.region (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL,
  name text NOT NULL,
  name_en text,
  level text NOT NULL CHECK (level IN ('NATION', 'PROVINCE', 'PREFECTURE', 'COUNTY')),
  parent_code text,
  path text NOT NULL,
  valid daterange NOT NULL,
  CONSTRAINT region_code_valid UNIQUE (code, valid WITHOUT OVERLAPS)
);
CALL register.keep_versions('region', ARRAY['code']);
CALL register.show_to_all_staff('region');
CREATE UNIQUE INDEX region_code_from ON register.region (code, lower(valid));
CREATE INDEX region_path ON register.region (path);
CREATE INDEX region_parent ON register.region (parent_code);

CREATE TABLE register.occupation (
  code text PRIMARY KEY,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  effective_from date NOT NULL,
  effective_to date,
  legal_basis text NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON register.occupation TO registry_staff;

CREATE TABLE register.calendar_day (
  day date PRIMARY KEY,
  working boolean NOT NULL,
  holiday text,
  source text NOT NULL
);
COMMENT ON TABLE register.calendar_day IS 'Chinese working days, with make-up working days; a day that is missing is unknown, never guessed.';
GRANT SELECT, INSERT, UPDATE ON register.calendar_day TO registry_staff;
