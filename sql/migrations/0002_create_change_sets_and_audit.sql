-- The spine of recorded time: gap-free positions given last, under one lock, and an audit chain that nobody can rewrite unseen.
CREATE SEQUENCE register.change_id_seq;

CREATE TABLE register.change_set (
  id bigint PRIMARY KEY,
  position bigint NOT NULL UNIQUE CHECK (position > 0),
  recorded_at timestamptz NOT NULL UNIQUE,
  kind text NOT NULL CHECK (kind IN ('SEED', 'IMPORT', 'RUN', 'POLICY', 'CORRECTION', 'DECISION', 'ERASURE')),
  actor text NOT NULL,
  cause text NOT NULL,
  source text,
  request_id text,
  changes integer NOT NULL CHECK (changes >= 0)
);
COMMENT ON TABLE register.change_set IS 'One published transaction; position has no gaps, recorded_at rises with it.';

CREATE TABLE register.register_head (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  position bigint NOT NULL,
  recorded_at timestamptz NOT NULL
);
INSERT INTO register.register_head (position, recorded_at) VALUES (0, '-infinity');

-- Held shared by a reader whose instant lies beyond the head, so that no change set stamped before that instant is still uncommitted.
CREATE FUNCTION register.head_lock_key() RETURNS bigint LANGUAGE sql IMMUTABLE RETURN 7265676973746572;

CREATE FUNCTION register.publish_change_set(
  change_id bigint, kind text, actor text, cause text, source text, request_id text, changes integer,
  OUT published_position bigint, OUT published_at timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(register.head_lock_key());
  UPDATE register.register_head AS h
     SET position = h.position + 1,
         recorded_at = greatest(clock_timestamp(), h.recorded_at + interval '1 microsecond')
  RETURNING h.position, h.recorded_at INTO published_position, published_at;
  INSERT INTO register.change_set (id, position, recorded_at, kind, actor, cause, source, request_id, changes)
  VALUES (change_id, published_position, published_at, kind, actor, cause, source, request_id, changes);
  PERFORM pg_notify('register_changes', published_position::text);
END
$$;

CREATE TABLE register.audit_event (
  sequence bigint PRIMARY KEY CHECK (sequence > 0),
  payload text NOT NULL,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL UNIQUE,
  action text NOT NULL GENERATED ALWAYS AS (payload::jsonb ->> 'action') STORED,
  actor text NOT NULL GENERATED ALWAYS AS (payload::jsonb ->> 'actor') STORED,
  subject text GENERATED ALWAYS AS (payload::jsonb ->> 'subject') STORED,
  scope text GENERATED ALWAYS AS (payload::jsonb ->> 'scope') STORED
);
COMMENT ON COLUMN register.audit_event.scope IS 'Path of the region that the actor acted in, ALL, or NULL for who acts in none.';
COMMENT ON TABLE register.audit_event IS 'hash = SHA-256(previous_hash || payload as UTF-8); the first previous_hash is 32 zero bytes.';
CREATE INDEX audit_event_subject ON register.audit_event (subject, sequence);

CREATE TABLE register.audit_head (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  sequence bigint NOT NULL,
  hash bytea NOT NULL
);
INSERT INTO register.audit_head (sequence, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

CREATE FUNCTION register.append_audit_event(
  actor text, action text, subject text, request_id text, before_digest text, after_digest text, details jsonb
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  head register.audit_head;
  event text;
BEGIN
  SELECT * INTO head FROM register.audit_head FOR UPDATE;
  event := json_build_object(
    'sequence', head.sequence + 1,
    'recordedAt', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'actor', actor, 'scope', nullif(current_setting('registry.scope', true), ''),
    'action', action, 'subject', subject, 'requestId', request_id,
    'before', before_digest, 'after', after_digest, 'details', details
  )::text;
  INSERT INTO register.audit_event (sequence, payload, previous_hash, hash)
  VALUES (head.sequence + 1, event, head.hash, sha256(head.hash || convert_to(event, 'UTF8')));
  UPDATE register.audit_head AS h
     SET sequence = head.sequence + 1, hash = sha256(head.hash || convert_to(event, 'UTF8'));
  RETURN head.sequence + 1;
END
$$;

-- The register's answer to "what position does this instant mean": the newest change set recorded by then.
CREATE FUNCTION disclosure.resolve_instant(
  instant timestamptz, OUT resolved_position bigint, OUT resolved_at timestamptz, OUT beyond_head boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  head_at timestamptz;
BEGIN
  SELECT h.recorded_at INTO head_at FROM register.register_head AS h;
  IF instant > head_at THEN
    PERFORM pg_advisory_xact_lock_shared(register.head_lock_key());
  END IF;
  SELECT c.position, c.recorded_at INTO resolved_position, resolved_at
    FROM register.change_set AS c WHERE c.recorded_at <= instant ORDER BY c.recorded_at DESC LIMIT 1;
  SELECT h.recorded_at INTO head_at FROM register.register_head AS h;
  resolved_position := coalesce(resolved_position, 0);
  beyond_head := instant > head_at;
END
$$;

GRANT EXECUTE ON FUNCTION register.publish_change_set, register.append_audit_event TO registry_staff;
GRANT EXECUTE ON FUNCTION disclosure.resolve_instant TO registry_staff, registry_public;
GRANT SELECT ON register.change_set, register.register_head, register.audit_event, register.audit_head TO registry_staff;
GRANT USAGE ON SEQUENCE register.change_id_seq TO registry_staff;
