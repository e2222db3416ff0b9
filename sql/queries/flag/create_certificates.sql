CREATE TEMPORARY TABLE flag_certificate (
  id bigint NOT NULL,
  person_id bigint NOT NULL,
  number text NOT NULL,
  kind text NOT NULL,
  level smallint NOT NULL,
  issued_on date NOT NULL,
  expires_on date,
  lapse text
) ON COMMIT DROP
