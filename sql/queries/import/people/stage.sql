CREATE TEMPORARY TABLE import_staged (
  line integer NOT NULL,
  number_hash bytea NOT NULL,
  other_hash bytea,
  number_encrypted bytea NOT NULL,
  number_mask text NOT NULL,
  name text NOT NULL,
  education text,
  registered_on date
) ON COMMIT DROP
