-- Documents by client: what each may name by a hash, and whether it may run anything else.
CREATE TABLE register.document_client (
  name text PRIMARY KEY CHECK (name <> '' AND length(name) <= 210),
  only_own boolean NOT NULL DEFAULT false,
  version bigint NOT NULL DEFAULT 1
);
COMMENT ON COLUMN register.document_client.name IS 'The name of API keys without regard to case, oidc:SUBJECT, or public: everybody without a key.';
COMMENT ON COLUMN register.document_client.version IS 'Counts what was changed of the client, so that processes see at once whether they know everything.';
GRANT SELECT, INSERT, UPDATE (only_own, version) ON register.document_client TO registry_staff;

CREATE TABLE register.client_document (
  client text NOT NULL REFERENCES register.document_client,
  sha256 text NOT NULL,
  text text NOT NULL,
  added_at timestamptz NOT NULL DEFAULT now(),
  added_by text NOT NULL,
  PRIMARY KEY (client, sha256),
  CONSTRAINT client_document_sha256 CHECK (sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex'))
);
GRANT SELECT, INSERT, DELETE ON register.client_document TO registry_staff;

-- As before, of two tables more.
CREATE OR REPLACE FUNCTION register.digest_record(relation text, named_by text, value text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = register, pg_temp
SET datestyle = 'ISO, YMD' SET timezone = 'UTC' SET intervalstyle = 'iso_8601' SET bytea_output = 'hex' SET extra_float_digits = 1 AS $$
DECLARE
  digest text;
BEGIN
  IF relation <> ALL (ARRAY['api_key', 'webhook', 'request_limit', 'retention_rule', 'personal_key', 'person', 'complaint', 'calendar_day',
                            'region_statistic', 'import_batch', 'rating_run_policy', 'occupation', 'rule', 'document_client', 'client_document']) THEN
    RAISE EXCEPTION 'records of % have no digest', relation USING ERRCODE = 'restrict_violation';
  END IF;
  EXECUTE format('SELECT encode(sha256(convert_to(string_agg(r.said, E''\n'' ORDER BY r.said COLLATE "C"), ''UTF8'')), ''hex'')
                    FROM (SELECT t::text AS said FROM register.%I AS t WHERE $1 IS NULL OR t.%I::text = $1) AS r', relation, named_by)
    INTO digest USING value;
  RETURN digest;
END
$$;
