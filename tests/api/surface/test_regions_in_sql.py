"""What the database itself keeps apart: past every check in Python, staff still see and change their region alone.

Connections act as the staff role, with a scope and any statement at all; what they may see is told by the superuser,
from the columns that lead from a row to a region.
"""

from contextlib import suppress

import asyncpg
import pytest
from tests.api.surface.conftest import Place
from tests.api.surface.regions import BY_ASKER, acting, columns_of, leads, of_its_own, private_tables

from registry.db.pool import Addresses, Connection

MADE = (
    "INSERT INTO register.complaint (receipt, flag_id, institution_id, region_code, account)"
    " SELECT i.code, row_number() OVER (), i.id, i.region_code, '-' FROM register.institution AS i",
    "INSERT INTO register.import_refusal (kind, source, file_name, bad_rows, actor, scope)"
    " SELECT 'people', r.code, '-', 1, '-', r.path FROM register.region AS r",
    "INSERT INTO register.import_batch (kind, file_name, file_sha256, source, rows, added, amended, ended, unchanged,"
    " scope) SELECT 'people', '-', '', 'x', 0, 0, 0, 0, 0, r.path FROM register.region AS r",
    "INSERT INTO register.quality_note (rule, entity, row_id, code, institution_id, prevailing_source, other_source,"
    " content, fields, change_id, ordinal) SELECT 'SOURCES_CONTRADICT', 'INSTITUTION', i.id, i.code, i.id, 'x', 'y',"
    " '{}', '{name}', i.change_id, 0 FROM register.institution AS i",
    "INSERT INTO register.credit_case (list_code, ground_code, institution_id, region_code, intake, change_id, ordinal)"
    " SELECT c.list_code, c.ground_code, i.id, i.region_code, c.intake, c.change_id, 0"
    " FROM register.institution AS i, (SELECT * FROM register.credit_case LIMIT 1) AS c",
)
"""Rows of every region in tables that the synthetic register leaves empty, or fills for one region alone."""


@pytest.fixture
async def policies_alone(admin: Connection, place: Place) -> Place:
    """Rows of several regions in every table and its history, and no trigger: what refuses now is a policy."""
    for table in await private_tables(admin):
        await admin.execute(f"ALTER TABLE register.{table} DISABLE TRIGGER USER")
    await admin.execute("SET session_replication_role = replica")
    for made in MADE:
        await admin.execute(made)
    for table, step in (("case_step", "case_id"), ("entry_step", "entry_id")):
        things = f"register.credit_{table.removesuffix('_step')}"
        columns = await columns_of(admin, table, but=("id", step))
        await admin.execute(
            f"INSERT INTO register.{table} ({step}, {columns}) SELECT c.thing, {columns}"
            f" FROM (SELECT id AS thing FROM {things}) AS c, (SELECT {columns} FROM register.{table} LIMIT 1) AS t"
            f" WHERE c.thing NOT IN (SELECT s.{step} FROM register.{table} AS s)"
        )
    for table in await private_tables(admin):
        if table.endswith("_history"):
            columns = await columns_of(admin, table.removesuffix("_history"))
            await admin.execute(
                f"INSERT INTO register.{table} ({columns}, ended_by, ended_ordinal)"
                f" SELECT {columns}, change_id, 1 FROM register.{table.removesuffix('_history')}"
            )
    return place


async def test_every_table_that_is_not_shared_asks_for_the_scope(admin: Connection) -> None:
    """A table that is added has a policy for what is read and what is written, or is named here with a reason."""
    wide = []
    for table in await private_tables(admin):
        enabled = await admin.fetchval(
            "SELECT relrowsecurity FROM pg_class WHERE oid = $1::regclass", f"register.{table}"
        )
        policies = await admin.fetch(
            "SELECT polcmd::text AS command, pg_get_expr(polqual, polrelid) AS seen FROM pg_policy"
            " WHERE polrelid = $1::regclass AND polpermissive",
            f"register.{table}",
        )
        if not enabled or any(policy["seen"] == "true" for policy in policies):
            wide.append(table)
        assert await leads(admin, table) or table in BY_ASKER, f"{table} leads to no region"
    assert wide == []


async def test_views_for_staff_ask_as_who_looks(admin: Connection) -> None:
    """A view that asks as its owner passes by every policy; two do, over what is told by their own conditions."""
    found = await admin.fetch(
        "SELECT c.relname::text FROM pg_class AS c"
        " WHERE c.relnamespace IN ('register'::regnamespace, 'past'::regnamespace)"
        " AND c.relkind IN ('v', 'm') AND has_table_privilege('registry_staff', c.oid, 'SELECT')"
        " AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false) ORDER BY 1"
    )
    assert [row[0] for row in found] == ["looked_back_entry", "own_case"]


NOWHERE = "CN/999999"
OPEN = 10**9
"""A change set that is not published, so that rows may be added under it as far as regions go."""


async def test_no_region_sees_rows_of_another_by_any_statement(
    admin: Connection, addresses: Addresses, policies_alone: Place
) -> None:
    place = policies_alone
    leading = {table: await _paths(admin, table) for table in await private_tables(admin) if table not in BY_ASKER}
    for scope in (place.path, place.other_path, "CN/" + place.path.split("/")[1], "CN", "", NOWHERE, "cn", "%"):
        async with acting(addresses, scope) as staff:
            for table, rows in leading.items():
                if not await staff.fetchval("SELECT has_table_privilege($1, 'SELECT')", f"register.{table}"):
                    continue
                inside = sum(any(f"{path}/".startswith(f"{scope or None}/") for path in paths) for paths in rows)
                seen = await staff.fetchval(f"SELECT count(*) FROM register.{table} WHERE {of_its_own(table)}")
                assert seen <= inside, (table, scope)
                assert seen if scope == "CN" else inside < len(rows), (table, scope)


async def _paths(admin: Connection, table: str) -> list[list[str]]:
    """Of each row of a table the paths that it leads to."""
    leading = " UNION ".join(f"({lead})" for lead in await leads(admin, table))
    rows = await admin.fetch(
        f"SELECT ARRAY(SELECT own.path FROM ({leading}) AS own (path) WHERE own.path IS NOT NULL)"
        f" FROM register.{table} AS t WHERE {of_its_own(table)}"
    )
    return [row[0] for row in rows]


async def test_no_region_writes_rows_of_another_by_any_statement(
    admin: Connection, addresses: Addresses, policies_alone: Place
) -> None:
    """Rows of all regions, changed, removed and added anew by somebody of none: refused, or nothing is touched.

    A value that is no column's, and no condition, so that what may be read does not matter.
    """
    by_policy: dict[str, set[str]] = {}
    for table in await private_tables(admin):
        name = f"register.{table}"
        columns = await columns_of(admin, table)
        able = {
            kind
            for kind in ("UPDATE", "DELETE", "INSERT")
            if await admin.fetchval(
                f"SELECT has_{'table' if kind == 'DELETE' else 'any_column'}_privilege('registry_staff', $1, $2)",
                name,
                kind,
            )
        }
        row = await admin.fetchval(
            f"SELECT (to_jsonb(t) || jsonb_build_object('change_id', $1::bigint))::text FROM {name} AS t LIMIT 1", OPEN
        )
        if row is None:
            continue
        attempts = {
            "UPDATE": [f"UPDATE {name} SET {column} = NULL" for column in columns.split(", ") if column != "id"],
            "DELETE": [f"DELETE FROM {name}"],
            "INSERT": [
                f"INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE"
                f" SELECT {columns} FROM jsonb_populate_record(NULL::{name}, $${row}$$)"
            ],
        }
        async with acting(addresses, NOWHERE, change=OPEN) as staff:
            for kind, attempt in ((one, text) for one in able for text in attempts[one]):
                ended = await _ending(staff, attempt)
                assert ended in ("UPDATE 0", "DELETE 0", "refused by a policy", "not granted"), (attempt, ended)
                if ended != "not granted":
                    by_policy.setdefault(kind, set()).add(table)
    for kind, tables in PAST_THEIR_GRANTS.items():
        assert by_policy[kind] >= tables, tables - by_policy[kind]


async def test_entries_are_neither_taken_from_another_region_nor_given_to_one(
    admin: Connection, addresses: Addresses, policies_alone: Place
) -> None:
    """What would lie in its own region once it was written is not touched; what would lie elsewhere is refused."""
    rows = await admin.fetch(
        "SELECT r.path, r.code, count(DISTINCT e.id) AS entries FROM register.credit_entry AS e"
        " JOIN register.region AS r ON r.code = e.region_code WHERE e.origin <> 'LOCAL' GROUP BY r.path, r.code"
    )
    assert len(rows) > 1
    for row in rows:
        async with acting(addresses, row["path"], change=OPEN) as staff:
            change = "UPDATE register.credit_entry SET region_code ="
            assert await _ending(staff, f"{change} '{row['code']}'") == f"UPDATE {row['entries']}"
            assert await _ending(staff, f"{change} '999999'") == "refused by a policy"


PAST_THEIR_GRANTS = {
    "UPDATE": {"certificate", "complaint", "credit_entry", "employment", "flag", "person"},
    "DELETE": {"certificate", "credit_entry", "employment", "person"},
    "INSERT": {
        "case_step",
        "certificate",
        "complaint",
        "credit_case",
        "credit_entry",
        "employment",
        "entry_step",
        "flag",
    },
}
"""Tables that staff may write at all, where policies alone keep regions apart: these at least must have been met."""


async def _ending(staff: Connection, attempt: str) -> str:
    """How a statement ended: what it touched, or by what it was refused."""
    try:
        async with staff.transaction():
            return await staff.execute(attempt)
    except asyncpg.InsufficientPrivilegeError as error:
        return "refused by a policy" if "row-level security" in str(error) else "not granted"
    except asyncpg.PostgresError as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("table", list(BY_ASKER))
async def test_what_is_kept_for_an_asker_is_for_nobody_else(
    admin: Connection, addresses: Addresses, place: Place, table: str
) -> None:
    """Whatever the scope, but for the whole register: rows of others are neither seen, nor changed, nor made."""
    for asker in ("key:99", "key:98"):
        await admin.execute(BY_ASKER[table], asker)
    others = f"register.{table} AS t WHERE strpos(t::text, 'key:98') > 0"
    attempts = f"DELETE FROM {others}", BY_ASKER[table].replace("$1", "'key:97'")
    for scope in (place.path, "CN", "", "key:98"):
        async with acting(addresses, scope) as staff:
            own = await staff.fetch(f"SELECT t::text AS row FROM register.{table} AS t")
            assert len(own) == 1, (scope, own)
            assert await staff.fetchval(f"SELECT count(*) FROM {others}") == 0, scope
            for attempt in attempts:
                with suppress(asyncpg.InsufficientPrivilegeError):
                    async with staff.transaction():
                        assert await staff.execute(attempt) == "DELETE 0", scope
    async with acting(addresses, "ALL") as staff:
        assert await staff.fetchval(f"SELECT count(*) FROM {others}") == 1


BATCH = """INSERT INTO register.import_batch
  (kind, file_name, file_sha256, source, rows, added, amended, ended, unchanged, scope)
  VALUES ('people', $1, '', 'x', 0, 0, 0, 0, 0, $1)"""


async def test_imports_of_one_region_are_for_no_other(admin: Connection, addresses: Addresses, place: Place) -> None:
    for scope in (place.path, place.other_path):
        await admin.execute(BATCH, scope)
    for scope in (place.path, place.other_path):
        async with acting(addresses, scope) as staff:
            rows = await staff.fetch("SELECT DISTINCT scope FROM register.import_batch WHERE scope <> 'ALL'")
            assert {row["scope"] for row in rows} == {scope}
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await staff.execute(BATCH, "CN")


async def test_an_institution_sees_its_own_rows_alone(admin: Connection, addresses: Addresses, place: Place) -> None:
    async with acting(addresses, "", institution=place.code) as own:
        institutions = {row[0] for row in await own.fetch("SELECT DISTINCT institution_id FROM register.employment")}
        assert institutions == {await admin.fetchval("SELECT id FROM register.institution WHERE code = $1", place.code)}
        for table in ("complaint", "flag", "credit_case", "audit_event"):
            assert await own.fetchval(f"SELECT count(*) FROM register.{table} WHERE true") == 0, table
    async with acting(addresses, "", institution="unknown' OR true --") as nobody:
        assert await nobody.fetchval("SELECT count(*) FROM register.employment") == 0
