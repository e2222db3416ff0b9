-- Webhooks: who is told of changes where, and up to which place of the feed it has been told. A webhook belongs to an API key and sees
-- what that key sees. What is under way has its end fixed before it is sent, so that it is sent again under the same name.
-- squawk-ignore-file ban-drop-constraint
CREATE TABLE register.webhook (
  id uuid PRIMARY KEY,
  key_id bigint NOT NULL,
  owner text GENERATED ALWAYS AS ('key:' || key_id) STORED,
  url text NOT NULL CHECK (url LIKE 'https://%'),
  alert_url text CHECK (alert_url LIKE 'https://%'),
  codes text[],
  kinds text[],
  region_code text,
  secret bytea NOT NULL,
  former_secret bytea,
  former_until timestamptz,
  state text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'PAUSED', 'DISABLED')),
  disabled_at timestamptz,
  disabled_for text CHECK (disabled_for IN ('FAILURES', 'GONE', 'KEY')),
  position bigint NOT NULL,
  ordinal bigint NOT NULL,
  turn integer NOT NULL DEFAULT 1,
  sending_position bigint,
  sending_ordinal bigint,
  failures integer NOT NULL DEFAULT 0,
  failing_since timestamptz,
  fault text,
  next_attempt_at timestamptz NOT NULL DEFAULT '-infinity',
  delivered_at timestamptz,
  alert_due boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT webhook_disabled CHECK ((state = 'DISABLED') = (disabled_at IS NOT NULL) AND (disabled_at IS NULL) = (disabled_for IS NULL)),
  CONSTRAINT webhook_sending CHECK ((sending_position IS NULL) = (sending_ordinal IS NULL)
    AND (sending_position IS NULL OR (sending_position, sending_ordinal) > (position, ordinal))),
  CONSTRAINT webhook_failing CHECK ((failures = 0) = (failing_since IS NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.05);
COMMENT ON COLUMN register.webhook.position IS 'With `ordinal`: the place in the change feed up to which its owner was told.';
COMMENT ON COLUMN register.webhook.turn IS 'Counts how often it was resumed from another place: what is told again then is another message.';
COMMENT ON COLUMN register.webhook.secret IS 'Sealed by a key that SECRET_KEY gives, and bound to the row.';
CREATE INDEX webhook_key ON register.webhook (key_id);
ALTER TABLE register.webhook ENABLE ROW LEVEL SECURITY;
CREATE POLICY webhook_of_owner ON register.webhook TO registry_staff
  USING (owner = current_setting('registry.actor', true) OR (SELECT register.sees_all()))
  WITH CHECK (owner = current_setting('registry.actor', true) OR (SELECT register.sees_all()));
GRANT SELECT, INSERT, UPDATE, DELETE ON register.webhook TO registry_staff;

-- Where a thing lies that the feed names by its code: itself or, of what belongs to it, the institution, organisation or evaluation
-- organisation of that code, also when it has ended since.
CREATE FUNCTION disclosure.lies_in(thing text, region text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM register.region AS w JOIN register.region AS r ON r.path = w.path OR starts_with(r.path, w.path || '/')
     WHERE w.code = region AND r.code IN (
       SELECT thing
       UNION ALL SELECT i.region_code FROM register.institution AS i WHERE i.code = thing
       UNION ALL SELECT i.region_code FROM register.institution_history AS i WHERE i.code = thing
       UNION ALL SELECT o.region_code FROM register.organisation AS o WHERE o.code = thing
       UNION ALL SELECT o.region_code FROM register.organisation_history AS o WHERE o.code = thing
       UNION ALL SELECT e.region_code FROM register.evaluation_organisation AS e WHERE e.code = thing
       UNION ALL SELECT e.region_code FROM register.evaluation_organisation_history AS e WHERE e.code = thing))
$$;
GRANT EXECUTE ON FUNCTION disclosure.lies_in TO registry_public, registry_staff;

-- How long a webhook is tried that fails, from its first failure.
ALTER TABLE register.retention_rule DROP CONSTRAINT retention_rule_subject_check;
ALTER TABLE register.retention_rule ADD CONSTRAINT retention_rule_subject_check
  CHECK (subject IN ('PERSON', 'REPRESENTATIVE', 'COMPLAINT', 'IDEMPOTENT_ANSWER', 'JOB_RUN', 'EXPORT', 'FAILING_WEBHOOK')) NOT VALID;
INSERT INTO register.retention_rule (subject, kept, effective, legal_basis) VALUES ('FAILING_WEBHOOK', '3 days', '[2017-06-01,)', '网络安全法 第二十一条');
