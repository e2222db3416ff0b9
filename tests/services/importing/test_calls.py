"""Rows of partner platforms: as a file would be taken, once for a key, as one source, within a quota, of one's own."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from tests.services.importing.conftest import (
    KEYS,
    OPERATOR,
    Bring,
    citizen,
    employment,
    institution,
    organisation,
    person,
    uscc,
)

from registry.db.pool import Connection as Admin
from registry.db.pool import Database
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Conflict, Forbidden, InputError, RateLimited, RegisterError, RowsRejected
from registry.services.importing import ImportResult, import_rows
from registry.services.transactions import acting

JILIN = Actor("key:1", Role.REGULATOR, "jilin", "220000", "CN/220000")
LIAONING = Actor("key:2", Role.REGULATOR, "liaoning", "210000", "CN/210000")
OWN = Actor("key:3", Role.INSTITUTION, "own", institution_code=uscc(1))
OTHER = Actor("key:4", Role.INSTITUTION, "other", institution_code=uscc(2))
ACCOUNT = """INSERT INTO register.import_account (caller, source, kinds, most_rows, effective, reason)
VALUES ($1, $2, $3, $4, '[2020-01-01,)', '接入协议')"""


@pytest.fixture
async def register(register: Bring, database: Database) -> Database:
    """Two institutions and three people."""
    await register("organisations", [organisation(1), organisation(2)])
    await register("institutions", [institution(1), institution(2)])
    await register("people", [person(1), person(2), person(3)])
    return database


async def brought(
    database: Database, actor: Actor, rows: Sequence[object], kind: str = "employments", **given: Any
) -> ImportResult:
    return await import_rows(database, actor, lambda: KEYS, kind, rows, **given)


async def refused(database: Database, actor: Actor, rows: Sequence[object], **given: Any) -> str:
    with pytest.raises(RegisterError) as caught:
        await brought(database, actor, rows, **given)
    if isinstance(caught.value, RowsRejected):
        return ", ".join(f"{error.row} {error.column} {error.rule}" for error in caught.value.errors)
    return caught.value.rule or ""


async def counted(database: Database, actor: Actor, statement: str) -> int:
    async with acting(database, actor, readonly=True) as work:
        found: int = await work.connection.fetchval(statement)
    return found


async def test_a_retry_gets_the_answer_of_the_first_time_and_does_nothing(register: Database, admin: Admin) -> None:
    rows = [employment(1, 1), employment(2, 1)]
    given = {"source": "platform", "idempotency_key": "night 1"}
    first = await brought(register, JILIN, rows, **given)
    again = await asyncio.gather(*(brought(register, JILIN, rows, **given) for _ in range(3)))
    assert (first.rows, first.added, first.position is not None) == (2, 2, True)
    assert again == [first] * 3
    with pytest.raises(Conflict, match="another request"):
        await brought(register, JILIN, rows[:1], **given)
    assert await admin.fetchval("SELECT count(*) FROM register.import_batch WHERE source = 'platform'") == 1
    other_caller = await brought(register, OPERATOR, rows, **given)
    assert (other_caller.unchanged, other_caller.position) == (2, None)


async def test_errors_are_those_of_a_file_and_nothing_is_written(register: Database, admin: Admin) -> None:
    rows = [employment(1, 1), employment(2, 9), {**employment(3, 1), "fte": "2"}, [1], {"salary": 1}]
    found = "2 institution_code institution.unknown, 3 fte number.range, 4  json.object, 5 salary header.unknown"
    assert await refused(register, JILIN, rows, source="s") == found
    assert await refused(register, JILIN, rows[:2], source="s") == "2 institution_code institution.unknown"
    assert await admin.fetchval("SELECT count(*) FROM register.employment") == 0


async def test_a_region_and_an_institution_bring_what_is_their_own(register: Database) -> None:
    rows = [employment(1, 1), employment(2, 2)]
    assert "scope.region" in await refused(register, LIAONING, rows, source="s")
    assert await refused(register, OWN, rows) == "2 institution_code scope.institution"
    done = await brought(register, OWN, rows[:1])
    assert (done.source, done.added) == (f"institution {uscc(1)}", 1)
    assert await refused(register, OWN, [person(9)], kind="people") == "import.institution-kind"
    assert await refused(register, OWN, rows[:1], source="somebody else") == "import.account-source"
    for actor in (Actor("key:9", Role.AUDITOR), Actor("key:8", Role.PROCUREMENT)):
        with pytest.raises(Forbidden):
            await brought(register, actor, rows, source="s")


async def test_what_was_brought_is_seen_by_those_whose_business_it_is(register: Database) -> None:
    await brought(register, OWN, [employment(1, 1)])
    await brought(register, JILIN, [employment(2, 2)], source="s")
    batches = "SELECT count(*) FROM register.import_batch WHERE kind = 'employments'"
    trail = "SELECT count(*) FROM register.audit_event WHERE action = 'importRows' AND actor IN ('key:1', 'key:3')"
    for statement in (batches, trail):
        assert await counted(register, JILIN, statement) == 2
        assert await counted(register, LIAONING, statement) == 0


async def test_an_account_is_one_source_some_kinds_and_so_many_rows_a_day(register: Database, admin: Admin) -> None:
    await admin.execute(ACCOUNT, "key:1", "市人社局", ["employments"], 3)
    rows = [employment(1, 1), employment(2, 1)]
    assert (await brought(register, JILIN, rows)).source == "市人社局"
    assert await refused(register, JILIN, rows, source="other") == "import.account-source"
    assert await refused(register, JILIN, [person(9)], kind="people") == "import.account-kind"
    with pytest.raises(RateLimited, match="1 rows are left"):
        await brought(register, JILIN, rows)
    assert (await brought(register, JILIN, rows[:1])).unchanged == 1
    assert await refused(register, JILIN, rows[:1]) == "import.quota"


async def test_a_call_has_a_source_and_one_to_ten_thousand_rows(register: Database) -> None:
    assert await refused(register, JILIN, [employment(1, 1)]) == "import.source"
    for rows in ([], [employment(1, 1)] * 10_001):
        assert await refused(register, JILIN, rows, source="s") == "import.rows-count"
    with pytest.raises(InputError) as caught:
        await brought(register, JILIN, [{**person(1), "citizen_id": citizen(1)[:-1] + "?"}], kind="people", source="s")
    assert isinstance(caught.value, RowsRejected)
    assert citizen(1)[:-1] not in str(caught.value.errors)
