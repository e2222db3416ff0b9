CREATE TEMPORARY TABLE import_staged (
  line integer NOT NULL,
  rule text NOT NULL,
  kind text,
  source text,
  value numeric NOT NULL,
  effective_from date NOT NULL,
  effective_to date,
  legal_basis text NOT NULL
) ON COMMIT DROP
