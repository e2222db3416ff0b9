CREATE TEMPORARY TABLE import_staged (
  line integer NOT NULL,
  institution_code text NOT NULL,
  organisation_code text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  region_code text NOT NULL,
  status text NOT NULL,
  beds integer NOT NULL,
  opened_on date,
  closed_on date,
  address text,
  name_pinyin text NOT NULL,
  name_initials text NOT NULL
) ON COMMIT DROP
