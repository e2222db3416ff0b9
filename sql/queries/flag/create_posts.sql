CREATE TEMPORARY TABLE flag_post (
  id bigint NOT NULL,
  institution_id bigint NOT NULL,
  person_id bigint NOT NULL,
  occupation text NOT NULL,
  fte_thousandths smallint NOT NULL,
  started_on date NOT NULL,
  asked boolean NOT NULL
) ON COMMIT DROP
