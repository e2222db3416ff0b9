CREATE TEMPORARY TABLE import_staged (
  line integer NOT NULL,
  organisation_code text NOT NULL,
  name text NOT NULL,
  legal_form text NOT NULL,
  region_code text NOT NULL,
  status text NOT NULL,
  registered_on date,
  address text,
  legal_representative text
) ON COMMIT DROP
