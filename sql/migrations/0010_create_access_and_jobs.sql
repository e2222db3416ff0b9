-- Keys of machines and people, answers remembered for retries, imports received, and the history of scheduled jobs.
CREATE TABLE register.api_key (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CHECK (name <> ''),
  role text NOT NULL CHECK (role IN ('PROCUREMENT', 'INSTITUTION', 'REGULATOR', 'AUDITOR', 'ADMIN')),
  region_code text,
  institution_code text,
  key_prefix text NOT NULL,
  key_hash bytea NOT NULL UNIQUE,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  last_used_at timestamptz,
  CONSTRAINT api_key_regulator_region CHECK ((role = 'REGULATOR') = (region_code IS NOT NULL)),
  CONSTRAINT api_key_institution CHECK ((role = 'INSTITUTION') = (institution_code IS NOT NULL))
);
GRANT SELECT, INSERT, UPDATE (revoked_at, last_used_at) ON register.api_key TO registry_staff;

CREATE TABLE register.idempotent_answer (
  actor text NOT NULL,
  idempotency_key text NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 200),
  operation text NOT NULL,
  input_digest bytea NOT NULL,
  answer jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (actor, idempotency_key)
);
GRANT SELECT, INSERT ON register.idempotent_answer TO registry_staff;
CREATE INDEX idempotent_answer_created ON register.idempotent_answer (created_at);

CREATE TABLE register.import_batch (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  file_name text NOT NULL,
  file_sha256 bytea NOT NULL,
  source text NOT NULL,
  snapshot boolean NOT NULL DEFAULT false,
  rows integer NOT NULL,
  added integer NOT NULL,
  amended integer NOT NULL,
  ended integer NOT NULL,
  unchanged integer NOT NULL,
  rejected integer NOT NULL DEFAULT 0,
  contradictions integer NOT NULL DEFAULT 0,
  change_id bigint,
  imported_at timestamptz NOT NULL DEFAULT now(),
  scope text NOT NULL DEFAULT coalesce(current_setting('registry.scope', true), '')
);
COMMENT ON COLUMN register.import_batch.scope IS 'Path of the region of who imported it; ALL for the operator.';
COMMENT ON COLUMN register.import_batch.change_id IS 'NULL where the file changed nothing.';
CREATE INDEX import_batch_file ON register.import_batch (file_sha256);
GRANT SELECT, INSERT ON register.import_batch TO registry_staff;

CREATE TABLE register.job_run (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job text NOT NULL,
  scheduled_for timestamptz NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  outcome text CHECK (outcome IN ('DONE', 'FAILED', 'ABANDONED')),
  detail text,
  CONSTRAINT job_run_once UNIQUE (job, scheduled_for)
);
GRANT SELECT, INSERT, UPDATE ON register.job_run TO registry_staff;
