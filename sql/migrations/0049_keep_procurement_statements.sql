-- Statements of checks of bidders, issued once and never changed: the signed text is the statement. Who asked for one fetches it again,
-- and so do auditors; nobody else.
CREATE TABLE register.procurement_statement (
  id uuid PRIMARY KEY,
  asker text NOT NULL,
  issued_at timestamptz NOT NULL,
  position bigint NOT NULL,
  text text NOT NULL,
  sha256 bytea NOT NULL CHECK (sha256 = sha256(convert_to(text, 'UTF8')))
);
COMMENT ON COLUMN register.procurement_statement.position IS 'The register position that the check read.';
CREATE INDEX procurement_statement_asker ON register.procurement_statement (asker, issued_at);
ALTER TABLE register.procurement_statement ENABLE ROW LEVEL SECURITY;
CREATE POLICY statement_of_asker ON register.procurement_statement FOR SELECT TO registry_staff
  USING (asker = current_setting('registry.actor', true) OR (SELECT register.sees_all()));
CREATE POLICY statement_issued ON register.procurement_statement FOR INSERT TO registry_staff
  WITH CHECK (asker = current_setting('registry.actor', true));
GRANT SELECT, INSERT ON register.procurement_statement TO registry_staff;
