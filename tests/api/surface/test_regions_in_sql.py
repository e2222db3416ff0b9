"""What the database itself keeps apart: past every check in Python, staff still see and change their region alone.

Connections act as the staff role, with a scope and any statement at all; what they may see is told by the superuser,
from the columns that lead from a row to a region.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
import pytest
from tests.api.surface.conftest import Place

from registry.db.pool import Addresses, Connection

SHARED = {
    "who may call, and bring what, before anybody is known": "api_key import_account request_count request_limit",
    "rules, catalogues and calendars": "calendar_day case_transition change_kind complaint_limit credit_consequence "
    "credit_cap credit_ground credit_list credit_term credit_window equivalence equivalence_history flag_rule "
    "import_rule import_rule_history occupation personal_column rating_policy rating_policy_history rating_run_policy "
    "region region_history retention_rule staffing_rule",
    "what is public of institutions, organisations and evaluators": "accreditation accreditation_history assessment "
    "assessment_history evaluation_organisation evaluation_organisation_history institution institution_history "
    "organisation organisation_history rating rating_history rating_rank_block rating_run",
    "statistics": "elderly_population elderly_population_history region_statistic workforce",
    "positions, jobs and digests, without content": "audit_head change_set erasure flag_follow job_run personal_key "
    "rating_follow register_head row_source run_progress",
}
"""Tables of which all staff see every row, and why; any other must have a policy that asks for the scope."""

LEADS = {
    "region_code": "SELECT r.path FROM register.region AS r WHERE r.code = t.region_code",
    "scope": "SELECT t.scope",
    "institution_id": "SELECT r.path FROM register.institution AS i JOIN register.region AS r ON r.code = i.region_code"
    " WHERE i.id = t.institution_id",
    "organisation_id": "SELECT r.path FROM register.organisation AS o LEFT JOIN register.institution AS i"
    " ON i.organisation_id = o.id JOIN register.region AS r ON r.code IN (o.region_code, i.region_code)"
    " WHERE o.id = t.organisation_id",
    "person_id": "SELECT r.path FROM (SELECT e.person_id, e.institution_id FROM register.employment AS e UNION"
    " SELECT h.person_id, h.institution_id FROM register.employment_history AS h) AS e"
    " JOIN register.institution AS i ON i.id = e.institution_id JOIN register.region AS r ON r.code = i.region_code"
    " WHERE e.person_id = t.person_id",
    "certificate_id": "SELECT r.path FROM register.certificate AS c JOIN register.employment AS e"
    " ON e.person_id = c.person_id JOIN register.institution AS i ON i.id = e.institution_id"
    " JOIN register.region AS r ON r.code = i.region_code WHERE c.id = t.certificate_id",
    "case_id": "SELECT r.path FROM register.credit_case AS c JOIN register.region AS r ON r.code = c.region_code"
    " WHERE c.id = t.case_id",
    "entry_id": "SELECT r.path FROM register.credit_entry AS c LEFT JOIN register.institution AS i"
    " ON i.id = c.institution_id JOIN register.region AS r ON r.code IN (c.region_code, i.region_code)"
    " WHERE c.id = t.entry_id",
}
"""From a row `t` to the paths of the regions that it belongs to."""
LEADS_OF = {"person": {"id": LEADS["person_id"].replace("t.person_id", "t.id")}}
LEADS_OF["person_history"] = LEADS_OF["person"]
BY_ASKER = {
    "idempotent_answer": "INSERT INTO register.idempotent_answer"
    " (actor, idempotency_key, operation, input_digest, answer) VALUES ($1, 'k', 'x', '', '{}')",
    "procurement_statement": "INSERT INTO register.procurement_statement (id, asker, issued_at, position, text, sha256)"
    " VALUES (gen_random_uuid(), $1, now(), 1, $1, sha256(convert_to($1, 'UTF8')))",
    "upload": "INSERT INTO register.upload (id, caller, actor, kind, source, file_name, bytes_total, expires_at)"
    " VALUES (gen_random_uuid(), $1, '{}', 'people', 'x', 'x', 1, now())",
}
"""Tables kept apart by who asks, and a row of an asker."""


async def private_tables(admin: Connection) -> list[str]:
    """Every table that staff may use in any way and that is not shared."""
    rows = await admin.fetch(
        "SELECT c.relname::text FROM pg_class AS c WHERE c.relnamespace = 'register'::regnamespace"
        " AND c.relkind IN ('r', 'p') AND"
        " (has_table_privilege('registry_staff', c.oid, 'SELECT, INSERT, UPDATE, DELETE')"
        " OR has_any_column_privilege('registry_staff', c.oid, 'SELECT, INSERT, UPDATE')) ORDER BY 1"
    )
    shared = {name for names in SHARED.values() for name in names.split()}
    assert shared <= {row[0] for row in rows}, "nothing is named here that there is no more"
    return [row[0] for row in rows if row[0] not in shared]


async def leads(admin: Connection, table: str) -> list[str]:
    """What leads from a row of the table to its regions."""
    columns = await admin.fetch(
        "SELECT attname::text FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped",
        f"register.{table}",
    )
    known = {**LEADS, **LEADS_OF.get(table, {})}
    return [known[row[0]] for row in columns if row[0] in known]


@asynccontextmanager
async def acting(
    addresses: Addresses, scope: str, *, institution: str = "", change: int = 0
) -> AsyncIterator[Connection]:
    """A connection of the staff role that says what its scope is, as the program does, and is rolled back."""
    connection = await asyncpg.connect(addresses.staff)
    transaction = connection.transaction()
    await transaction.start()
    settings = {"scope": scope, "institution": institution, "actor": "key:99", "change_id": str(change)}
    for name, value in settings.items():
        await connection.execute("SELECT set_config($1, $2, true)", f"registry.{name}", value)
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


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


async def test_no_region_sees_rows_of_another_by_any_statement(
    admin: Connection, addresses: Addresses, place: Place
) -> None:
    held_back = set()
    for table in await private_tables(admin):
        for scope in (place.path, place.other_path, "CN/" + place.path.split("/")[1], "", "CN/999999", "cn", "%"):
            paths = " UNION ".join(f"({lead})" for lead in await leads(admin, table)) or "SELECT ''"
            inside = await admin.fetchval(
                f"SELECT count(*) FROM register.{table} AS t WHERE EXISTS (SELECT FROM ({paths}) AS own (path)"
                " WHERE $1 <> '' AND (own.path = $1 OR starts_with(own.path, $1 || '/')))",
                scope,
            )
            everything = await admin.fetchval(f"SELECT count(*) FROM register.{table}")
            async with acting(addresses, scope) as staff:
                if table == "audit_event":
                    own = "action NOT IN ('signCheckpoint', 'useSigningKey')"
                elif table == "import_batch":
                    own = "scope <> 'ALL'"
                else:
                    own = "true"
                if not await staff.fetchval("SELECT has_table_privilege($1, 'SELECT')", f"register.{table}"):
                    continue
                seen = await staff.fetchval(f"SELECT count(*) FROM register.{table} WHERE {own}")
            assert seen <= inside, (table, scope, seen, inside, everything)
            if scope == place.path and everything > seen > 0:
                held_back.add(table)
    assert held_back >= {"certificate", "credit_entry", "employment", "flag", "person", "audit_event"}, held_back


REFUSED_BY_THEIR_TRIGGERS = {"case_step", "credit_case", "credit_entry", "entry_step"}
"""Tables whose triggers look at a row before its policy does."""


async def test_no_region_writes_rows_of_another_by_any_statement(
    admin: Connection, addresses: Addresses, place: Place
) -> None:
    """Rows of one region, changed, removed and added anew by another: all refused, or nothing is touched."""
    refused: dict[str, list[str]] = {}
    otherwise = set()
    for table in await private_tables(admin):
        name = f"register.{table}"
        paths = " UNION ".join(f"({lead})" for lead in await leads(admin, table)) or "SELECT ''"
        row = await admin.fetchrow(
            f"SELECT to_jsonb(t)::text AS row, t.ctid::text AS at FROM {name} AS t WHERE NOT EXISTS ("
            f"SELECT FROM ({paths}) AS own (path) WHERE own.path = $1 OR starts_with(own.path, $1 || '/')) LIMIT 1",
            place.other_path,
        )
        if row is None:
            continue
        before = await admin.fetchval(
            f"SELECT count(*) || md5(string_agg(t::text, '' ORDER BY t::text)) FROM {name} AS t"
        )
        columns = [c[0] for c in await admin.fetch(
            "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = ''", name)]  # fmt: skip
        first = next(c for c in columns if c != "id")
        change = json.loads(row["row"]).get("change_id") or 0
        attempts = {
            "UPDATE": f"UPDATE {name} SET {first} = {first} RETURNING ctid::text",
            "DELETE": f"DELETE FROM {name} RETURNING ctid::text",
            "INSERT": f"INSERT INTO {name} ({', '.join(columns)}) OVERRIDING SYSTEM VALUE"
            f" SELECT {', '.join(columns)} FROM jsonb_populate_record(NULL::{name}, $${row['row']}$$) RETURNING ''",
        }
        for kind, attempt in attempts.items():
            async with acting(addresses, place.other_path, change=change) as staff:
                try:
                    touched = {found[0] for found in await staff.fetch(attempt)}
                except asyncpg.InsufficientPrivilegeError:
                    refused.setdefault(kind, []).append(table)
                    continue
                except asyncpg.PostgresError as error:
                    touched = {type(error).__name__ + " " + str(error)}
            assert row["at"] not in touched, (kind, table)
            if kind == "INSERT":
                otherwise.add(table)
                assert all(found for found in touched), f"{table} took a row"
        after = await admin.fetchval(
            f"SELECT count(*) || md5(string_agg(t::text, '' ORDER BY t::text)) FROM {name} AS t"
        )
        assert after == before, table
    assert otherwise <= REFUSED_BY_THEIR_TRIGGERS
    assert set(refused["INSERT"]) >= {"certificate", "employment", "flag", "person"} - otherwise, refused


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
