CREATE TEMPORARY TABLE import_staged (
  line integer NOT NULL,
  institution_code text NOT NULL,
  occupation text NOT NULL,
  level smallint NOT NULL,
  surveyed_on date NOT NULL,
  from_yuan integer NOT NULL,
  below_yuan integer,
  people integer NOT NULL
) ON COMMIT DROP
