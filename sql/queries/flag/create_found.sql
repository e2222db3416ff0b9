CREATE TEMPORARY TABLE flag_found (
  rule text NOT NULL,
  institution_id bigint NOT NULL,
  person_id bigint,
  fact_key text NOT NULL,
  evidence jsonb NOT NULL
) ON COMMIT DROP
