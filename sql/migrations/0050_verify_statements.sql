-- What everybody may ask about a statement that they hold: by which keys the register ever signed, whether the audit chain is still
-- the one that the statement tells of, and whether an event tells that it was issued. Nothing is told of any other event.
CREATE VIEW disclosure.signing_key AS
SELECT e.sequence, (e.payload::jsonb -> 'details' -> 'key')::text AS key, (e.payload::jsonb ->> 'recordedAt')::timestamptz AS used_since
  FROM register.audit_event AS e
 WHERE e.subject >= 'signing-key:' AND e.subject < 'signing-key;' AND e.action = 'useSigningKey';
GRANT SELECT ON disclosure.signing_key TO registry_staff, registry_public;

-- `told` is the event that tells of the issue of this very text, after the event that the statement reaches.
CREATE FUNCTION disclosure.statement_evidence(
  number text, digest text, reached bigint, reached_hash bytea, OUT reaches boolean, OUT agrees boolean, OUT told bigint
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT h.sequence >= reached,
         reached = 0 OR EXISTS (SELECT FROM register.audit_event AS e WHERE e.sequence = reached AND e.hash = reached_hash),
         (SELECT e.sequence FROM register.audit_event AS e
           WHERE e.subject = 'statement:' || number AND e.action = 'issueProcurementStatement'
             AND e.payload::jsonb ->> 'after' = digest AND e.sequence > reached LIMIT 1)
    FROM register.audit_head AS h
$$;

-- Whoever knows the digest of a statement, 256 bits that nobody guesses, has had the statement.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX procurement_statement_digest ON register.procurement_statement (sha256);
CREATE FUNCTION disclosure.find_statement(digest bytea) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT s.text FROM register.procurement_statement AS s WHERE s.sha256 = digest LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION disclosure.statement_evidence, disclosure.find_statement TO registry_staff, registry_public;
