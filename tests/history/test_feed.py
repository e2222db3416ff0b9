"""The change feed tells of every versioned table, and whoever folds it holds what the register holds."""

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette
from tests.services.importing.conftest import EVERYTHING_IN, KEYS, ONE_OCCUPATION, OPERATOR, Row, as_csv, put_rules

from registry.api import ApiContext, graphql_routes
from registry.api.types.changes import STAFF_KINDS
from registry.api.types.terms import ChangeKind
from registry.db.pool import Connection as Admin
from registry.db.pool import Database
from registry.db.statements import statement
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, EVERYTHING, Actor, operator
from registry.services.importing import import_file
from registry.services.transactions import Change, publishing
from registry.services.transactions import ChangeKind as Why

Told = dict[str, Any]
Read = Callable[..., Awaitable[list[Told]]]

VERSIONED = """SELECT c.relname FROM pg_class AS c JOIN pg_class AS h ON h.relname = c.relname || '_history'
 WHERE c.relnamespace = 'register'::regnamespace AND h.relnamespace = c.relnamespace ORDER BY 1"""
COLUMNS = """SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
 WHERE attrelid = ('register.' || $1)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
   AND attname NOT IN ('id', 'change_id', 'ordinal', 'score') ORDER BY attnum DESC"""
VARIED = {
    "text": ("{c} || '改'", "NULL"),
    "date": ("{c} + 1", "DATE '2031-01-01'"),
    "numeric": ("{c} + 1", "{c} - 1"),
    "smallint": ("{c} + 1", "{c} - 1"),
    "integer": ("{c} + 1", "{c} - 1"),
    "daterange": ("daterange(lower({c}), upper({c}) + 1)", "daterange(lower({c}), lower({c}) + 400)"),
}
FORGED = """
INSERT INTO register.rating_policy (code, version, sha256, document, canonical, title_zh, title_en, region_code,
  legal_basis, effective, score_decimals, grade_count, indicators, ordinal)
VALUES ('p', '1', '\\x01', '', '', '政策', 'Policy', 'CN', '', '[2020-01-01,)', 2, 5, '{}', 1);
INSERT INTO register.rating_run (id, kind, as_of, read_position, started_at, finished_at, engine_version, cause,
  institutions, changed, durations_ms, change_id)
VALUES (1, 'FULL', '2026-01-01', 1, now(), now(), '1', 'test', 2, 2, '{}', register.current_change());
INSERT INTO register.rating (institution_id, policy_id, run_id, weights_run_id, as_of, stars, score_scaled, score,
  indicator_values, points, contributions, domain_points, domain_grades, ordinal)
SELECT id, 1, 1, 1, '2026-01-01', 3, 7000, 70.00, '{}', '{}', '{}', '{}', '{}', 1 + row_number() OVER (ORDER BY id)
  FROM register.institution;
INSERT INTO register.credit_list (code, kind, name_zh, name_en, region_code, authority, credit_china_code,
  needs_consent, effective, legal_basis, confirmed)
VALUES ('L', 'WATCH', '单', 'List', '220000', '民政', 4, false, '[2020-01-01,)', '-', true);
INSERT INTO register.credit_ground (code, list_kind, name_zh, name_en, court_only, effective, legal_basis, confirmed)
VALUES ('G', 'WATCH', '由', 'Ground', false, '[2020-01-01,)', '-', true);
INSERT INTO register.credit_case (list_code, ground_code, institution_id, region_code, intake, ordinal)
SELECT 'L', 'G', min(id), '220102', 'COMPLAINT', 4 FROM register.institution;
INSERT INTO register.case_step (case_id, number, kind, actor, reason, ordinal)
VALUES (1, 1, 'OPENED', 'key:1', '线索', 5);
INSERT INTO register.credit_entry (origin, list_code, ground_code, institution_id, region_code, decided_on,
  document_number, authority, legal_basis, reference, evidence, ordinal)
SELECT 'IMPORTED', 'L', 'G', min(id), '220102', '2024-03-01', n, '民政局', '-', '另一机关', '-', 5 + n
  FROM register.institution, generate_series(1, 2) AS n GROUP BY n;
INSERT INTO register.flag (rule, severity, institution_id, region_code, fact_key, evidence, raised_on, raised_by,
  ordinal)
SELECT 'MANUAL', 'NOTICE', min(id), '220102', 'a fact', '{}', '2024-03-01', 'key:1', 8 FROM register.institution;
"""
"""Ratings and lists as others would write them: what they say is not the matter here."""
OBJECTION = """INSERT INTO register.entry_step (entry_id, number, kind, actor, reason, ordinal)
VALUES (1, 1, 'OBJECTION_RAISED', 'key:1', '异议', 1)"""


async def _fill(database: Database, admin: Admin) -> None:
    await admin.execute(ONE_OCCUPATION)
    await put_rules(database)
    for kind, rows in EVERYTHING_IN.items():
        await _bring(database, kind, rows, "test")
    contradicting = [{**row, "name": f"{row['name']}（另一来源）"} for row in EVERYTHING_IN["organisations"]]
    await _bring(database, "organisations", contradicting, "another source")
    for text, changes in ((FORGED, 8), (OBJECTION, 2)):
        await _forge(admin, text, changes)


async def _forge(admin: Admin, text: str, changes: int) -> None:
    change_id = await admin.fetchval("SELECT nextval('register.change_id_seq')")
    async with admin.transaction():
        await admin.execute(f"SET LOCAL registry.change_id = '{change_id}'; {text}")
        await admin.execute(f"SELECT register.publish_change_set({change_id}, 'RUN', 't', 't', NULL, NULL, {changes})")


async def _bring(database: Database, kind: str, rows: list[Row], source: str) -> None:
    content = io.BytesIO(as_csv(kind, rows))
    await import_file(database, OPERATOR, KEYS, kind, content, file_name=f"{kind}.csv", source=source)


async def _amend_one(admin: Admin, change: Change, table: str) -> bool:
    """Change the last row of a table in the first column that takes another value."""
    number = await admin.fetchval(f"SELECT max(id) FROM register.{table}")
    for column in await admin.fetch(COLUMNS, table):
        for template in VARIED.get(column["type"], ()):
            if await _changed(change, table, number, column["name"], template.format(c=column["name"])):
                return True
    return False


async def _changed(change: Change, table: str, number: int, column: str, value: str) -> bool:
    ordinal = change.written + 1
    try:
        async with change.connection.transaction():
            done = await change.connection.execute(
                f"UPDATE register.{table} SET {column} = {value}, change_id = {change.change_id}, ordinal = {ordinal}"
                f" WHERE id = {number} AND {column} IS DISTINCT FROM {value}"
            )
    except asyncpg.PostgresError:
        return False
    if done == "UPDATE 1":
        await change.reserve_from(1)
    return done == "UPDATE 1"


async def _end_one(change: Change, table: str) -> None:
    await change.connection.execute(f"DELETE FROM register.{table} WHERE id = (SELECT max(id) FROM register.{table})")
    await change.reserve_from(1)


@pytest.fixture
async def tables(database: Database, admin: Admin) -> list[str]:
    """Every versioned table, with rows added, amended (alone, and then together) and ended in each that allows it."""
    await _fill(database, admin)
    found = [row["relname"] for row in await admin.fetch(VERSIONED)]
    kept = await _append_only(admin)
    for group in (*[[table] for table in found], found):
        async with publishing(database, operator("test"), Why.CORRECTION, "amend", action="test") as change:
            for table in group:
                amended = await _amend_one(admin, change, table) if table not in kept else True
                assert amended, f"nothing of {table} can be amended: EVERYTHING_IN needs a row of it"
    await _end_all(database, admin, found, kept)
    return found


async def _append_only(admin: Admin) -> set[str]:
    rows = await admin.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'register'::regnamespace AND relkind = 'r'"
        " AND NOT has_table_privilege('registry_staff', oid, 'UPDATE')"
    )
    return {row["relname"] for row in rows}


async def _end_all(database: Database, admin: Admin, found: list[str], kept: set[str]) -> None:
    """End a row of every table, whatever else points at it: the feed must still name what is gone."""
    await admin.execute("SET session_replication_role = replica")
    for table in found:
        async with publishing(database, operator("test"), Why.CORRECTION, "end", action="test") as change:
            await change.connection.execute("SET CONSTRAINTS ALL DEFERRED")
            if table not in kept:
                await _end_despite_references(admin, change, table)


async def _end_despite_references(admin: Admin, change: Change, table: str) -> None:
    names = await admin.fetch(
        "SELECT conrelid::regclass::text AS relation, conname FROM pg_constraint WHERE contype = 'f'"
        " AND confrelid = ('register.' || $1)::regclass",
        table,
    )
    for name in names:
        await admin.execute(f"ALTER TABLE {name['relation']} DROP CONSTRAINT {name['conname']}")
    await _end_one(change, table)


@pytest.fixture
async def read(database: Database) -> Read:
    """Read the feed page by page, as staff or as anybody."""
    context = ApiContext(database, authenticate=_authenticate, secret=b"s" * 32)
    transport = httpx.ASGITransport(Starlette(routes=graphql_routes(context)))
    question = """query($c: String, $n: Int!, $k: [ChangeKind!]) { changes(first: $n, after: $c, kinds: $k) {
      totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
      edges { cursor node { position ordinal kind action entityId code current previous } } } }"""

    async def pages(key: str | None, size: int, cursor: str | None = None, kinds: Any = None) -> list[Told]:
        headers = {"authorization": key} if key else {}
        told: list[Told] = []
        async with httpx.AsyncClient(transport=transport, base_url="http://register", headers=headers) as client:
            while True:
                asked = {"query": question, "variables": {"c": cursor, "n": size, "k": kinds}}
                page = (await client.post("/graphql", json=asked)).json()["data"]["changes"]
                assert page["pageInfo"]["hasPreviousPage"] is (cursor is not None)
                told += [{**edge["node"], "cursor": edge["cursor"]} for edge in page["edges"]]
                if not page["pageInfo"]["hasNextPage"]:
                    return told
                assert len(page["edges"]) == size
                cursor = page["pageInfo"]["endCursor"]

    return pages


async def _authenticate(authorization: str | None) -> Actor:
    return Actor("key:1", Role.ADMIN, "admin", scope=EVERYTHING) if authorization else ANONYMOUS


def fold(told: list[Told], position: int | None = None) -> dict[str, dict[str, Any]]:
    """Do what a consumer does: keep what is added or amended, drop what ended; complain of what does not fit."""
    held: dict[str, dict[str, Any]] = {}
    for change in told:
        if position is not None and change["position"] > position:
            break
        rows, key = held.setdefault(change["kind"], {}), change["entityId"]
        if change["kind"] == "CREDIT_ENTRY" and change["code"] is None:  # ended since, whatever it was: a tombstone
            assert (change["current"], change["previous"]) == (None, None)
            assert key not in rows
            continue
        assert change["previous"] == rows.get(key), change
        assert (change["action"] == "ADDED") == (key not in rows), change
        assert (change["action"] == "ENDED") == (change["current"] is None), change
        assert change["action"] != "AMENDED" or change["current"] != change["previous"], change
        assert change["code"], change
        if change["current"] is None:
            del rows[key]
        else:
            rows[key] = change["current"]
    return held


async def _standing(admin: Admin, kind: str, table: str, *, staff: bool, position: int) -> list[str]:
    """What stands at a position, read from the views of versions."""
    for schema in ("register", "disclosure") if staff else ("disclosure",):
        view = f"{schema}.{table}_version"
        if await admin.fetchval("SELECT count(*) FROM pg_class WHERE oid = to_regclass($1) AND relkind = 'v'", view):
            rows = await admin.fetch(
                f"SELECT content FROM {view} WHERE recorded_from <= $1 AND (recorded_to IS NULL OR recorded_to > $1)",
                position,
            )
            return sorted(_text(json.loads(row["content"])) for row in rows if row["content"] is not None)
    pytest.fail(f"no view of the versions of {table}")


def _text(content: Any) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False)


async def _kinds(admin: Admin) -> dict[str, str]:
    rows = await admin.fetch("SELECT kind, versioned FROM register.change_kind")
    return {row["kind"]: row["versioned"] for row in rows}


async def test_every_versioned_table_is_told_of_and_verified(admin: Admin) -> None:
    tables, kinds = {row["relname"] for row in await admin.fetch(VERSIONED)}, await _kinds(admin)
    assert set(kinds.values()) == tables, "a table with history is missing: CALL register.tell_changes(table, kind)"
    assert set(kinds) == {kind.value for kind in ChangeKind}
    disclosed = await admin.fetch(
        "SELECT k.kind FROM register.change_kind AS k"
        " WHERE register.find_view('disclosure.' || k.versioned || '_version') IS NULL"
    )
    assert {row["kind"] for row in disclosed} == {kind.value for kind in STAFF_KINDS}
    for name in ("verify/versions", "verify/ordinals"):
        missing = {table for table in tables if f"register.{table}_history" not in statement(name)}
        assert not missing, f"{name} leaves out {missing}"


@pytest.mark.parametrize("key", [None, "admin"], ids=["public", "staff"])
async def test_folding_the_feed_gives_the_register_at_every_position(
    tables: list[str], read: Read, admin: Admin, key: str | None
) -> None:
    told, kinds = await read(key, 1000), await _kinds(admin)
    if key is None:
        kinds = {kind: table for kind, table in kinds.items() if kind not in STAFF_KINDS}
    assert set(kinds) == {change["kind"] for change in told}
    head = await admin.fetchval("SELECT position FROM register.register_head")
    for position in range(head + 1):
        held = fold(told, position)
        for kind, table in kinds.items():
            content = sorted(_text(row) for row in held.get(kind, {}).values())
            assert content == await _standing(admin, kind, table, staff=bool(key), position=position), (kind, position)


async def test_the_feed_of_staff_has_every_position_and_ordinal(tables: list[str], read: Read, admin: Admin) -> None:
    told = [(change["position"], change["ordinal"]) for change in await read("admin", 1000)]
    sets = await admin.fetch("SELECT position, changes FROM register.change_set ORDER BY position")
    assert told == [(row["position"], ordinal) for row in sets for ordinal in range(1, row["changes"] + 1)]


@pytest.mark.parametrize("key", [None, "admin"], ids=["public", "staff"])
async def test_the_feed_resumes_at_every_cursor_with_pages_of_any_size(
    tables: list[str], read: Read, key: str | None
) -> None:
    told = await read(key, 1000)
    assert await read(key, 7) == told
    step = 1 + len(told) // 40
    for place in (*range(0, len(told) - 1, step), len(told) - 1):
        assert await read(key, 1000, told[place]["cursor"]) == told[place + 1 :]
    for kind in {change["kind"] for change in told}:
        assert await read(key, 2, kinds=[kind]) == [change for change in told if change["kind"] == kind]


async def test_what_ended_keeps_its_code_in_the_feed(tables: list[str], read: Read) -> None:
    ended = [change for change in await read("admin", 1000) if change["action"] == "ENDED"]
    assert {change["kind"] for change in ended} >= {"ASSESSMENT", "EMPLOYMENT", "ACCREDITATION", "RATING"}
    for change in ended:
        codes = [change["previous"].get(name, "-") for name in ("institutionCode", "numberMask", "evaluatorCode")]
        assert None not in codes, change


async def test_many_readers_see_one_feed_while_change_sets_are_published(database: Database, read: Read) -> None:
    """Positions are given in the order in which they become visible: nobody's cursor passes by what commits later."""

    async def write(number: int) -> None:
        async with publishing(database, operator("test"), Why.CORRECTION, f"{number}", action="test") as change:
            base = await change.reserve_from(1)
            await asyncio.sleep(0.002 * (number % 5))
            await change.connection.execute(
                "INSERT INTO register.region (code, name, level, path, valid, ordinal)"
                f" VALUES ('R{number}', 'r', 'NATION', 'R{number}', '[2000-01-01,)', {base + 1})"
            )

    async def follow() -> list[Told]:
        told: list[Told] = []
        while len(told) < 40:
            told += await read(None, 3, told[-1]["cursor"] if told else None)
        return told

    async def writers() -> None:
        for start in range(0, 40, 4):
            await asyncio.gather(*(write(number) for number in range(start, start + 4)))

    first, second, _ = await asyncio.gather(follow(), follow(), writers())
    assert first == second == await read(None, 1000)
    assert [change["position"] for change in first] == list(range(1, 41))
