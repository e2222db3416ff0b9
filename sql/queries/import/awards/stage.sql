CREATE TEMPORARY TABLE import_staged (
  line integer NOT NULL,
  number_hash bytea NOT NULL,
  other_hash bytea,
  number_mask text NOT NULL,
  level smallint NOT NULL,
  document_number text NOT NULL,
  amount numeric NOT NULL,
  awarded_on date NOT NULL,
  authority text NOT NULL,
  region_code text NOT NULL,
  certificate_number text
) ON COMMIT DROP
