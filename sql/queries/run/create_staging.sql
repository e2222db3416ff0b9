CREATE TEMPORARY TABLE rating_staging (
  institution_id bigint PRIMARY KEY,
  policy_id bigint NOT NULL,
  weights_run_id bigint NOT NULL,
  stars smallint,
  score_scaled bigint,
  score numeric,
  certified_ratio numeric,
  reason text,
  indicator_values bigint[] NOT NULL,
  points bigint[] NOT NULL,
  contributions bigint[] NOT NULL,
  domain_points bigint[] NOT NULL,
  domain_grades smallint[] NOT NULL,
  adjustments text,
  content_digest bigint NOT NULL
) ON COMMIT DROP
