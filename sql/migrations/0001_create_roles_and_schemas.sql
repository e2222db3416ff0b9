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
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT registry_owner TO %I WITH INHERIT FALSE, SET TRUE', current_user);
  END IF;
END
$$;

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE SCHEMA register AUTHORIZATION registry_owner;
CREATE SCHEMA disclosure AUTHORIZATION registry_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO registry_owner, registry_staff, registry_public;
GRANT USAGE ON SCHEMA register TO registry_staff;
GRANT USAGE ON SCHEMA disclosure TO registry_staff, registry_public;
