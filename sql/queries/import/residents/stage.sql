CREATE TEMPORARY TABLE import_staged (
  line integer NOT NULL,
  institution_code text NOT NULL,
  ability_class text NOT NULL,
  day_from date NOT NULL,
  headcount integer NOT NULL
) ON COMMIT DROP
