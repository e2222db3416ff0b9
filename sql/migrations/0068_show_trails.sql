-- Who sees what was done: everything who sees all; an authority what was done by authorities of its region and below, imports of
-- the operator, and checkpoints and signing keys, which are public.
-- Who has no scope is in no scope, also not in that of others who have none.
CREATE FUNCTION register.path_in_scope(path text) RETURNS boolean LANGUAGE sql STABLE
RETURN path = nullif(current_setting('registry.scope', true), '')
    OR starts_with(path, nullif(current_setting('registry.scope', true), '') || '/');
GRANT EXECUTE ON FUNCTION register.path_in_scope TO registry_staff;

ALTER TABLE register.audit_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY audit_event_scope ON register.audit_event FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR register.path_in_scope(scope) OR action IN ('signCheckpoint', 'useSigningKey'));

ALTER TABLE register.import_batch ENABLE ROW LEVEL SECURITY;
CREATE POLICY import_batch_seen ON register.import_batch FOR SELECT TO registry_staff
  USING ((SELECT register.sees_all()) OR scope = 'ALL' OR register.path_in_scope(scope));
CREATE POLICY import_batch_recorded ON register.import_batch FOR INSERT TO registry_staff
  WITH CHECK ((SELECT register.sees_all()) OR scope = current_setting('registry.scope', true));
