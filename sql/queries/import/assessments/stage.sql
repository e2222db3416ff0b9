CREATE TEMPORARY TABLE import_staged (
  line integer NOT NULL,
  institution_code text NOT NULL,
  decided_on date NOT NULL,
  grade smallint NOT NULL,
  environment numeric NOT NULL,
  facilities numeric NOT NULL,
  operations numeric NOT NULL,
  service numeric NOT NULL,
  valid_from date NOT NULL,
  valid_to date NOT NULL,
  assessor text NOT NULL,
  document_number text
) ON COMMIT DROP
