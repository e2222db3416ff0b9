CREATE TEMPORARY TABLE import_staged (
  line integer NOT NULL,
  evaluator_code text NOT NULL,
  name text NOT NULL,
  organisation_code text,
  evaluator_type text NOT NULL,
  region_code text NOT NULL,
  accredited_from date NOT NULL,
  accredited_to date,
  withdrawn_from date,
  withdrawal_reason text
) ON COMMIT DROP
