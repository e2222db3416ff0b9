-- Files that callers bring over HTTP, in as many pieces as their line needs. The bytes lie beside the register; how many have come, the file itself says.
CREATE TABLE register.upload (
  id uuid PRIMARY KEY,
  caller text NOT NULL,
  actor jsonb NOT NULL,
  kind text NOT NULL,
  source text NOT NULL,
  file_name text NOT NULL,
  bytes_total bigint NOT NULL CHECK (bytes_total > 0),
  sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  most_rows integer,
  state text NOT NULL DEFAULT 'RECEIVING' CHECK (state IN ('RECEIVING', 'RECEIVED', 'IMPORTING', 'IMPORTED', 'REFUSED')),
  step text,
  rows integer NOT NULL DEFAULT 0,
  bytes_read bigint NOT NULL DEFAULT 0,
  added integer,
  amended integer,
  unchanged integer,
  contradictions integer,
  position bigint,
  rule text,
  message_zh text,
  message_en text,
  row_errors jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  CONSTRAINT upload_refused CHECK ((state = 'REFUSED') = (rule IS NOT NULL)),
  CONSTRAINT upload_ended CHECK ((state IN ('IMPORTED', 'REFUSED')) = (ended_at IS NOT NULL))
) WITH (fillfactor = 70);
COMMENT ON TABLE register.upload IS 'Kept until it expires; what came of it stands in import_batch for good.';
COMMENT ON COLUMN register.upload.actor IS 'As whom it is imported, also after the server was started anew.';
COMMENT ON COLUMN register.upload.most_rows IS 'Rows a law day of the account that brought it; NULL: no limit.';
COMMENT ON COLUMN register.upload.row_errors IS 'The first errors of rows; values masked where they are personal.';
CREATE INDEX upload_caller ON register.upload (caller);
ALTER TABLE register.upload ENABLE ROW LEVEL SECURITY;
CREATE POLICY upload_of_caller ON register.upload TO registry_staff
  USING (caller = current_setting('registry.actor', true) OR (SELECT register.sees_all()))
  WITH CHECK (caller = current_setting('registry.actor', true) OR (SELECT register.sees_all()));
GRANT SELECT, INSERT, UPDATE, DELETE ON register.upload TO registry_staff;
