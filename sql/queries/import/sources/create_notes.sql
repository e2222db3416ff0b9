CREATE TEMPORARY TABLE import_notes (
  line integer NOT NULL,
  note_id bigint,
  rule text NOT NULL,
  entity text NOT NULL,
  row_id bigint NOT NULL,
  code text NOT NULL,
  institution_id bigint,
  person_id bigint,
  region_code text,
  named_person_id bigint,
  prevailing_source text NOT NULL,
  other_source text NOT NULL,
  content jsonb NOT NULL,
  fields text[] NOT NULL
) ON COMMIT DROP
