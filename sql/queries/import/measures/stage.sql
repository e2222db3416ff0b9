CREATE TEMPORARY TABLE import_staged (
  line integer NOT NULL,
  institution_code text NOT NULL,
  measure_code text NOT NULL,
  day date NOT NULL,
  value numeric,
  flag text
) ON COMMIT DROP
