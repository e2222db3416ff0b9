CREATE TEMPORARY TABLE import_contested (
  line integer NOT NULL,
  entity text NOT NULL,
  row_id bigint NOT NULL,
  sources text[] NOT NULL,
  held boolean NOT NULL,
  prevails boolean NOT NULL,
  outranks boolean NOT NULL
) ON COMMIT DROP
