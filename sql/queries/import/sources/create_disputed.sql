CREATE TEMPORARY TABLE import_disputed (
  line integer NOT NULL,
  entity text NOT NULL,
  row_id bigint NOT NULL,
  sources text[] NOT NULL,
  held boolean NOT NULL,
  prevails boolean NOT NULL,
  outranks boolean NOT NULL,
  code text NOT NULL,
  institution_id bigint,
  person_id bigint,
  region_code text,
  standing jsonb NOT NULL,
  stated jsonb NOT NULL,
  stated_person_id bigint
) ON COMMIT DROP
