CREATE TEMPORARY TABLE import_staged (
  line integer NOT NULL,
  number_hash bytea NOT NULL,
  other_hash bytea,
  number_mask text NOT NULL,
  institution_code text NOT NULL,
  occupation text NOT NULL,
  started_on date NOT NULL,
  ended_on date,
  fte_thousandths smallint NOT NULL,
  dispatched_by text,
  appointed_level smallint NOT NULL,
  position_title text
) ON COMMIT DROP
