CREATE TEMPORARY TABLE statistics_cell (
  institution_id bigint NOT NULL,
  occupation text NOT NULL,
  level smallint NOT NULL,
  certified boolean NOT NULL,
  education text NOT NULL,
  first_post boolean NOT NULL,
  people integer NOT NULL
) ON COMMIT DROP
