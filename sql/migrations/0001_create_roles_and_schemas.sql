-- Three roles: the owner owns and never logs in, staff work under row-level security, the public reads disclosed views only.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'registry_owner') THEN
    CREATE ROLE registry_owner NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'registry_staff') THEN
    CREATE ROLE registry_staff LOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'registry_public') THEN
    CREATE ROLE registry_public LOGIN;
  END IF;
  IF NOT pg_has_role(current_user, 'registry_owner', 'SET') THEN
    EXECUTE format('GRANT registry_owner TO %I WITH INHERIT FALSE, SET TRUE', current_user);
  END IF;
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO registry_staff', current_database());
END
$$;

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE SCHEMA register AUTHORIZATION registry_owner;
CREATE SCHEMA disclosure AUTHORIZATION registry_owner;
CREATE SCHEMA past AUTHORIZATION registry_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO registry_owner, registry_staff, registry_public;
-- Readiness is asked by staff, who see which migrations stand.
GRANT SELECT ON public.registry_migration TO registry_staff;
-- From here on as the owner, as all later migrations.
SET LOCAL ROLE registry_owner;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT USAGE ON SCHEMA register, past TO registry_staff;
GRANT USAGE ON SCHEMA disclosure TO registry_staff, registry_public;
