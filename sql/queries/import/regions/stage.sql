CREATE TEMPORARY TABLE import_staged (
  line integer NOT NULL,
  region_code text NOT NULL,
  name text NOT NULL,
  name_en text,
  parent_code text,
  level text NOT NULL,
  valid_from date NOT NULL,
  valid_to date
) ON COMMIT DROP
