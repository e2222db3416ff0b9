"""Nobody but the owner, who never logs in, could alter the audit chain, and no grant of any kind leads there."""

import asyncpg
import pytest

from registry.db.pool import Addresses, Connection

CHAIN = ("audit_event", "audit_head")
OWNER = "registry_owner"

WALK = """
WITH RECURSIVE reach AS (
  SELECT r.oid AS member, r.oid AS role FROM pg_roles AS r
  UNION
  SELECT reach.member, m.roleid FROM reach JOIN pg_auth_members AS m ON m.member = reach.role
)
SELECT member::regrole::text AS member, role::regrole::text AS role FROM reach
"""

GRANTS = """
SELECT c.relname::text AS relation, x.grantee, x.privilege_type AS privilege
  FROM pg_class AS c CROSS JOIN aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS x
 WHERE c.oid = ANY ($1::regclass[])
UNION ALL
SELECT c.relname::text, x.grantee, x.privilege_type
  FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid CROSS JOIN aclexplode(a.attacl) AS x
 WHERE c.oid = ANY ($1::regclass[])
"""

ATTEMPTS = (
    "UPDATE register.audit_event SET payload = 'x'",
    "UPDATE register.audit_head SET sequence = 0",
    "DELETE FROM register.audit_event",
    "TRUNCATE register.audit_event",
    "INSERT INTO register.audit_event DEFAULT VALUES",
    "MERGE INTO register.audit_event AS e USING (VALUES (1)) AS v (x) ON true WHEN MATCHED THEN DELETE",
    "COPY register.audit_event FROM STDIN",
    "SELECT * FROM register.audit_event FOR UPDATE",
    "LOCK TABLE register.audit_event IN ACCESS EXCLUSIVE MODE",
    "ALTER TABLE register.audit_event DISABLE TRIGGER ALL",
    "ALTER TABLE register.audit_event DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE register.audit_event OWNER TO registry_staff",
    "DROP TABLE register.audit_event CASCADE",
    "CREATE TRIGGER t BEFORE INSERT ON register.audit_event EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE r AS ON INSERT TO register.audit_event DO INSTEAD NOTHING",
    "CREATE POLICY p ON register.audit_event USING (true)",
    "CREATE TABLE register.mine (x int)",
    "CREATE FUNCTION register.mine() RETURNS int LANGUAGE sql RETURN 1",
    "CREATE OR REPLACE FUNCTION register.append_audit_event() RETURNS int LANGUAGE sql RETURN 1",
    "ALTER FUNCTION register.append_audit_event OWNER TO registry_staff",
    "SET ROLE registry_owner",
    "SET SESSION AUTHORIZATION registry_owner",
    "SET session_replication_role = replica",
    "GRANT registry_owner TO registry_staff",
    "ALTER ROLE registry_staff BYPASSRLS",
    "CREATE ROLE another LOGIN",
    "ALTER DEFAULT PRIVILEGES FOR ROLE registry_owner GRANT ALL ON TABLES TO registry_staff",
    "CREATE SCHEMA mine",
    "REASSIGN OWNED BY registry_owner TO registry_staff",
    "DO $$ BEGIN EXECUTE 'SET ROLE registry_owner'; END $$",
)


async def _supers(admin: Connection) -> set[str]:
    return {row[0] for row in await admin.fetch("SELECT rolname::text FROM pg_roles WHERE rolsuper")}


async def test_no_chain_of_memberships_leads_to_the_owner_or_past_the_grants(admin: Connection) -> None:
    """Every chain is walked, whatever its options: also one that only lets a member SET ROLE or grant it on."""
    mighty = {OWNER, "pg_write_all_data", "pg_maintain", "pg_execute_server_program", "pg_write_server_files"}
    supers = await _supers(admin)
    led = {(row["member"], row["role"]) for row in await admin.fetch(WALK)}
    assert {member for member, role in led if role in mighty and member not in mighty | supers} == set()
    ours = {role for member, role in led if member in ("registry_staff", "registry_public")}
    assert ours == {"registry_staff", "registry_public"}
    assert not await admin.fetchval(f"SELECT rolcanlogin OR rolsuper FROM pg_roles WHERE rolname = '{OWNER}'")
    able = await admin.fetch(
        "SELECT rolname::text FROM pg_roles WHERE (rolcreaterole OR rolbypassrls OR rolreplication) AND NOT rolsuper"
    )
    assert [row[0] for row in able] == []


async def test_no_grant_on_the_chain_but_to_read_it(admin: Connection) -> None:
    """Grants on the tables and on their columns, to anybody and to PUBLIC (grantee 0)."""
    rows = await admin.fetch(GRANTS, [f"register.{name}" for name in CHAIN])
    owner = await admin.fetchval("SELECT $1::regrole::oid", OWNER)
    staff = await admin.fetchval("SELECT 'registry_staff'::regrole::oid")
    others = {(row["grantee"], row["privilege"]) for row in rows if row["grantee"] != owner}
    assert others == {(staff, "SELECT")}


async def test_everything_around_the_chain_is_the_owners(admin: Connection) -> None:
    for kind, query in {
        "schema": "SELECT nspowner FROM pg_namespace WHERE nspname IN ('register', 'past', 'disclosure')",
        "relation": "SELECT relowner FROM pg_class WHERE relnamespace = 'register'::regnamespace",
        "function": "SELECT proowner FROM pg_proc WHERE pronamespace = 'register'::regnamespace",
        "type": "SELECT typowner FROM pg_type WHERE typnamespace = 'register'::regnamespace",
    }.items():
        owners = await admin.fetch(f"SELECT DISTINCT o::regrole::text FROM ({query}) AS found (o)")
        assert [row[0] for row in owners] == [OWNER], kind
    for role in ("registry_staff", "registry_public"):
        assert not await admin.fetchval("SELECT has_schema_privilege($1, 'register', 'CREATE')", role)
        assert not await admin.fetchval("SELECT has_database_privilege($1, current_database(), 'CREATE')", role)
    defaults = await admin.fetch("SELECT x.grantee FROM pg_default_acl AS d CROSS JOIN aclexplode(d.defaclacl) AS x")
    owner = await admin.fetchval("SELECT $1::regrole::oid", OWNER)
    assert {row["grantee"] for row in defaults} <= {owner}


async def test_one_function_alone_writes_the_chain_and_it_appends(admin: Connection) -> None:
    """Functions that act as their owner are the one way past the grants: which of them writes events is read."""
    writers = await admin.fetch(
        "SELECT p.proname::text, p.proconfig::text AS config FROM pg_proc AS p WHERE p.prosecdef"
        " AND pg_get_functiondef(p.oid)"
        " ~* '(insert\\s+into|update|delete\\s+from|truncate|merge\\s+into)\\s+(register\\.)?audit_'"
    )
    assert [row["proname"] for row in writers] == ["append_audit_event"]
    body = await admin.fetchval("SELECT pg_get_functiondef('register.append_audit_event'::regproc)")
    assert "DELETE" not in body.upper()
    assert "EXECUTE" not in body.upper().replace("EXECUTE ON", "")
    unpinned = await admin.fetch(
        "SELECT p.proname::text FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE p.prosecdef"
        " AND n.nspname IN ('register', 'disclosure', 'past')"
        " AND NOT coalesce(p.proconfig::text LIKE '%search_path=%', false)"
    )
    assert [row[0] for row in unpinned] == [], "a function that acts as its owner finds names where it says"


@pytest.mark.parametrize("login", ["staff", "public"])
async def test_every_attempt_at_the_chain_is_refused(admin: Connection, addresses: Addresses, login: str) -> None:
    connection = await asyncpg.connect(getattr(addresses, login))
    try:
        for attempt in ATTEMPTS:
            with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.InvalidParameterValueError)) as refused:
                async with connection.transaction():
                    await connection.execute(attempt)
            assert isinstance(refused.value, asyncpg.InsufficientPrivilegeError), attempt
        await connection.execute(
            "DO $$ BEGIN GRANT ALL ON ALL TABLES IN SCHEMA register TO PUBLIC;"
            " EXCEPTION WHEN insufficient_privilege THEN NULL; END $$"
        )
        able = "SELECT has_table_privilege($1, 'register.audit_event', 'INSERT, UPDATE, DELETE, TRUNCATE')"
        assert not await admin.fetchval(able, f"registry_{login}")
    finally:
        await connection.close()
