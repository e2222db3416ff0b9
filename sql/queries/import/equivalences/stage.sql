CREATE TEMPORARY TABLE import_staged (
  line integer NOT NULL,
  region_code text NOT NULL,
  from_ladder text NOT NULL,
  from_rung text NOT NULL,
  to_ladder text NOT NULL,
  to_rung text NOT NULL,
  effective_from date NOT NULL,
  effective_to date,
  legal_basis text NOT NULL
) ON COMMIT DROP
