-- Who brings rows through the API, as which source, and how much a day.
-- squawk-ignore-file adding-field-with-default, require-concurrent-index-creation
CREATE TABLE register.import_account (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  caller text NOT NULL CHECK (caller ~ '^(key|oidc):.+'),
  source text NOT NULL CHECK (source <> ''),
  kinds text[] CHECK (kinds <> '{}'),
  most_rows integer CHECK (most_rows >= 0),
  effective daterange NOT NULL CHECK (NOT isempty(effective) AND NOT lower_inf(effective)),
  reason text NOT NULL CHECK (reason <> ''),
  CONSTRAINT import_account_effective UNIQUE (caller, effective WITHOUT OVERLAPS)
);
COMMENT ON TABLE register.import_account IS 'A caller whose rows are statements of one source; ended and followed by another, never rewritten.';
COMMENT ON COLUMN register.import_account.kinds IS 'NULL: whatever the role may import.';
COMMENT ON COLUMN register.import_account.most_rows IS 'Rows a law day; NULL: no limit.';
GRANT SELECT, INSERT, UPDATE (effective) ON register.import_account TO registry_staff;

ALTER TABLE register.import_batch ADD COLUMN actor text NOT NULL DEFAULT coalesce(current_setting('registry.actor', true), '');
COMMENT ON COLUMN register.import_batch.actor IS 'Who imported it; empty before this was kept.';
CREATE INDEX import_batch_actor ON register.import_batch (actor, imported_at);
