CREATE TEMPORARY TABLE import_staged (
  line integer NOT NULL,
  region_code text NOT NULL,
  day_from date NOT NULL,
  aged_60 integer NOT NULL,
  aged_65 integer,
  aged_80 integer
) ON COMMIT DROP
