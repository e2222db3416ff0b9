-- Issued statements that are not what the audit chain tells of: each is told of by one event, with the digest of its text.
WITH told AS (
  SELECT e.sequence, substr(e.subject, length('statement:') + 1) AS number, e.payload::jsonb ->> 'after' AS digest, e.actor
    FROM register.audit_event AS e WHERE e.action = 'issueProcurementStatement'
), kept AS (
  SELECT s.id::text AS number, s.asker, encode(sha256(convert_to(s.text, 'UTF8')), 'hex') AS digest FROM register.procurement_statement AS s
)
SELECT 'statement.differs' AS rule, 'statement ' || k.number AS subject, count(t.sequence)::text || ' events tell of this text' AS detail
  FROM kept AS k LEFT JOIN told AS t ON t.number = k.number AND t.digest = k.digest AND t.actor = k.asker
 GROUP BY k.number
HAVING count(t.sequence) <> 1
UNION ALL
SELECT 'statement.gone', 'statement ' || t.number, 'audit event ' || t.sequence
  FROM told AS t WHERE NOT EXISTS (SELECT FROM kept AS k WHERE k.number = t.number)
 ORDER BY subject
