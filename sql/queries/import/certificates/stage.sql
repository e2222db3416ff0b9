CREATE TEMPORARY TABLE import_staged (
  line integer NOT NULL,
  certificate_number text NOT NULL,
  number_hash bytea NOT NULL,
  other_hash bytea,
  number_mask text NOT NULL,
  kind text NOT NULL,
  occupation text NOT NULL,
  level smallint NOT NULL,
  evaluator_code text,
  issued_on date NOT NULL,
  expires_on date,
  status text NOT NULL,
  status_from date
) ON COMMIT DROP
