CREATE TEMPORARY TABLE rating_staging (
  ordinal integer NOT NULL,
  institution_id bigint NOT NULL,
  policy_id bigint NOT NULL,
  weights_run_id bigint NOT NULL,
  stars smallint NOT NULL,
  score_scaled bigint NOT NULL,
  certified bigint NOT NULL,
  reason smallint NOT NULL,
  adjustments integer NOT NULL,
  indicator_values bigint[] NOT NULL,
  points bigint[] NOT NULL,
  contributions bigint[] NOT NULL,
  domain_points bigint[] NOT NULL,
  domain_grades smallint[] NOT NULL,
  content_digest bigint NOT NULL
) ON COMMIT DROP
