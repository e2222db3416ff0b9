CREATE TEMPORARY TABLE import_staged (
  line integer NOT NULL,
  number_hash bytea NOT NULL,
  other_hash bytea,
  number_mask text NOT NULL,
  occupation text NOT NULL,
  programme text NOT NULL,
  level smallint NOT NULL,
  provider text NOT NULL,
  provider_code text,
  started_on date NOT NULL,
  ended_on date,
  hours numeric NOT NULL,
  result text NOT NULL,
  subsidy_amount numeric,
  subsidy_paid_on date,
  document_number text
) ON COMMIT DROP
