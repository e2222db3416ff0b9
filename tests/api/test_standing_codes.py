"""What a code is answered from follows institutions, organisations and entries, and the law day alone."""

from typing import Any

import pytest
from apikit.builder import change_set
from apikit.listed import add_entry, days_ago, write_rules
from apikit.sample import write_regions

from registry.db.pool import Connection, Database

ONE, OTHER = "91330100799655058B", "91220101MA17XY1234"
MISPLACED = "SELECT subject FROM register.find_misplaced()"
SEVERAL = "SELECT code FROM disclosure.standing WHERE several ORDER BY code"
LISTED = "SELECT code FROM disclosure.standing WHERE listed ORDER BY code"
HOME = """INSERT INTO register.institution (code, scheme, organisation_id, name, name_pinyin, name_initials, kind,
  region_code, status, beds, change_id, ordinal)
SELECT $1, 'USCC', $2, $1, 'x', 'x', 'CARE_HOME', '220104', 'ACTIVE', 10, $3, 1000 + count(*)
  FROM register.institution"""


@pytest.fixture
async def homes(database: Database) -> Database:
    """Organisation 1 runs institutions 1, which bears its code, and 2; organisation 2 runs nothing."""
    async with change_set(database) as writer:
        await write_regions(writer)
        await write_rules(writer)
        await writer.organisation(ONE, "甲集团")
        await writer.organisation(OTHER, "乙集团")
        for code in (ONE, "FAC:2"):
            await writer.change.connection.execute(HOME, code, 1, writer.change.change_id)
    return database


async def changed(database: Database, *statements: str) -> None:
    async with change_set(database) as writer:
        for statement in statements:
            await writer.change.connection.execute(f"{statement} /* {writer.change.change_id} */")


async def told(admin: Connection, question: str) -> list[str]:
    assert await admin.fetch(MISPLACED) == []
    return [row["code"] for row in await admin.fetch(question)]


SET = "change_id = register.current_change()"
CHANGES = [
    ((), [ONE]),
    ((f"UPDATE register.institution SET status = 'CLOSED', {SET} WHERE id = 2",), []),
    (
        (
            f"UPDATE register.institution SET status = 'CLOSED', {SET} WHERE id = 2",
            f"UPDATE register.institution SET status = 'SUSPENDED', {SET} WHERE id = 2",
        ),
        [ONE],
    ),
    ((f"UPDATE register.institution SET organisation_id = 2, {SET} WHERE id = 2",), []),
    ((f"UPDATE register.institution SET code = 'FAC:1', {SET} WHERE id = 1",), []),
    (
        (
            f"UPDATE register.institution SET code = 'FAC:1', {SET} WHERE id = 1",
            f"UPDATE register.institution SET code = '{ONE}', {SET} WHERE id = 2",
        ),
        [ONE],
    ),
    ((f"UPDATE register.organisation SET code = 'X:1', {SET} WHERE id = 1",), []),
    (("DELETE FROM register.institution WHERE id = 2",), []),
]


@pytest.mark.parametrize(("statements", "expected"), CHANGES)
async def test_whether_a_code_runs_several_follows(
    homes: Database, admin: Connection, statements: tuple[str, ...], expected: list[str]
) -> None:
    await changed(homes, *statements)
    assert await told(admin, SEVERAL) == expected


async def test_what_is_added_later_makes_an_organisation_run_several(homes: Database, admin: Connection) -> None:
    async with change_set(homes) as writer:
        await writer.change.connection.execute(HOME, "FAC:3", 2, writer.change.change_id)
        await writer.change.connection.execute(HOME, OTHER, 2, writer.change.change_id)
    assert await told(admin, SEVERAL) == [OTHER, ONE]


ENTRIES: list[tuple[dict[str, Any], list[str]]] = [
    ({"institution_id": 2}, ["FAC:2"]),
    ({"organisation_id": 1}, [ONE, "FAC:2"]),
    ({"organisation_id": 2}, []),
    ({"institution_id": 2, "last_day": days_ago(1)}, []),
    ({"institution_id": 2, "last_day": days_ago(0)}, ["FAC:2"]),
    ({"institution_id": 2, "published_on": days_ago(-1)}, []),
]


@pytest.mark.parametrize(("entry", "expected"), ENTRIES)
async def test_who_is_listed_follows_entries(
    homes: Database, admin: Connection, entry: dict[str, Any], expected: list[str]
) -> None:
    subject = {name: entry[name] for name in ("institution_id", "organisation_id") if name in entry}
    more = {name: value for name, value in entry.items() if name not in subject}
    async with change_set(homes) as writer:
        await add_entry(writer, "BLACK", subject, **more)
    assert await told(admin, LISTED) == expected


async def test_who_is_listed_follows_what_becomes_of_an_entry(homes: Database, admin: Connection) -> None:
    async with change_set(homes) as writer:
        entry = await add_entry(writer, "BLACK", {"organisation_id": 2}, region_code="US-AL")
        adopted = {"origin": "ADOPTED", "original_id": entry, "document_number": "互认1"}
        await add_entry(writer, "BLACK", {"organisation_id": 2}, **adopted)
        await writer.change.connection.execute(HOME, "FAC:3", 2, writer.change.change_id)
    assert await told(admin, LISTED) == ["FAC:3"]
    async with change_set(homes) as writer:
        await writer.amend("institution", 1, organisation_id=2)
    assert await told(admin, LISTED) == [ONE, "FAC:3"]
    async with change_set(homes) as writer:
        await writer.amend("credit_entry", entry, ended_on=days_ago(0), end_kind="WITHDRAWN", end_reason="x")
    assert await told(admin, LISTED) == []


async def test_a_day_that_passes_ends_what_is_listed_without_a_write(homes: Database, admin: Connection) -> None:
    async with change_set(homes) as writer:
        await add_entry(writer, "BLACK", {"institution_id": 2}, last_day=days_ago(0))
    assert await told(admin, LISTED) == ["FAC:2"]
    on_day = "SELECT code FROM register.standing WHERE listed_on @> $1::date"
    for day, found in ((0, ["FAC:2"]), (-1, [])):
        assert [row["code"] for row in await admin.fetch(on_day, days_ago(day))] == found


async def test_days_of_entries_are_the_owners_alone(homes: Database) -> None:
    for pool in (homes.public, homes.staff):
        with pytest.raises(Exception, match="permission denied"):
            await pool.fetch("SELECT listed_on FROM register.standing")
        with pytest.raises(Exception, match="permission denied"):
            await pool.fetch("SELECT register.stand_as_told('{1}')")


async def test_what_differs_is_told(homes: Database, admin: Connection) -> None:
    for change in ("several = NOT several", "listed_on = '{[2020-01-01,)}'"):
        await admin.execute(f"UPDATE register.standing SET {change} WHERE institution_id = 1")
        assert [row["subject"] for row in await admin.fetch(MISPLACED)] == ["institution 1"]
        await admin.execute("SELECT register.stand_as_told('{1}')")
        assert await admin.fetch(MISPLACED) == []
