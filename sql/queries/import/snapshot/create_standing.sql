CREATE TEMPORARY TABLE import_standing (
  row_id bigint NOT NULL,
  subject_id bigint NOT NULL,
  line integer,
  is_own boolean NOT NULL,
  ends boolean NOT NULL
) ON COMMIT DROP
