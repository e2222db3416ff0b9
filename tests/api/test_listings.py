"""Which institutions an entry is on follows every change of entries and institutions, also of two at once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from apikit.builder import Writer, change_set
from apikit.listed import add_entry, days_ago, write_rules
from apikit.sample import Sample

from registry.db.pool import Connection, Database

MISPLACED = "SELECT rule, subject, detail FROM register.find_misplaced()"
LISTED = """SELECT l.list_kind, i.code, l.region_code FROM register.listed_institution AS l
  JOIN register.institution AS i ON i.id = l.institution_id ORDER BY 1, 2"""
IN_FORCE = """SELECT DISTINCT l.list_kind, i.code FROM disclosure.listed_institution AS l
  JOIN register.institution AS i ON i.id = l.institution_id ORDER BY 1, 2"""
BY_ENTRIES = """SELECT DISTINCT e.list_kind, i.code FROM disclosure.listed_entry AS e
  JOIN register.institution AS i ON i.id = e.institution_id OR i.organisation_id = e.organisation_id ORDER BY 1, 2"""
NEW = """INSERT INTO register.institution (code, scheme, organisation_id, name, name_pinyin, name_initials, kind,
    region_code, status, beds, change_id, ordinal)
  VALUES ($1, 'FAC', $2, '新院', 'x', 'x', 'CARE_HOME', '220104', 'ACTIVE', 10, $3, 3000)"""
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

Write = Callable[[Writer, Sample], Awaitable[object]]


@pytest.fixture
async def listed(database: Database, sample: Sample) -> Sample:
    """The chain on a black list, the single home on a watch list, a manager on a black list."""
    async with change_set(database) as writer:
        await write_rules(writer)
        await add_entry(writer, "BLACK", {"organisation_id": sample.organisations["chain"]})
        await add_entry(writer, "WATCH", {"institution_id": sample.institutions["single"]})
    return sample


async def run(writer: Writer, text: str, *arguments: object) -> None:
    await writer.change.connection.execute(text, *arguments)


async def open_home(writer: Writer, sample: Sample, code: str = "FAC:NEW") -> None:
    await run(writer, NEW, code, sample.organisations["chain"], writer.change.change_id)


async def move_home(writer: Writer, sample: Sample) -> None:
    await run(
        writer,
        "UPDATE register.institution SET region_code = '330106', change_id = $1 WHERE id = $2",
        writer.change.change_id,
        sample.institutions["single"],
    )


async def sell_home(writer: Writer, sample: Sample) -> None:
    await run(
        writer,
        "UPDATE register.institution SET organisation_id = $3, change_id = $1 WHERE id = $2",
        writer.change.change_id,
        sample.institutions["single"],
        sample.organisations["chain"],
    )


async def close_homes(writer: Writer, sample: Sample) -> None:
    await open_home(writer, sample, "FAC:GONE")
    await run(writer, "DELETE FROM register.institution WHERE code = 'FAC:GONE' AND $1::bigint > 0", 1)


async def list_single(writer: Writer, sample: Sample) -> None:
    await add_entry(writer, "BLACK", {"institution_id": sample.institutions["single"]}, document_number="另一决定")


async def list_chain(writer: Writer, sample: Sample) -> None:
    await add_entry(writer, "WATCH", {"organisation_id": sample.organisations["chain"]}, document_number="另一决定")


async def adopt(writer: Writer, sample: Sample) -> None:
    """Adopt the entry that stands elsewhere, which another corrects."""
    original = await writer.change.connection.fetchval(
        "SELECT id FROM register.credit_entry WHERE document_number = '原件'"
    )
    await add_entry(
        writer,
        "RED",
        {"institution_id": sample.institutions["single"]},
        origin="ADOPTED",
        original_id=original,
        decided_on=date(2026, 8, 1),
        document_number="互认",
    )


async def prolong(writer: Writer, _sample: Sample) -> None:
    text = "UPDATE register.credit_entry SET last_day = $2, change_id = $1 WHERE document_number = '原件'"
    await run(writer, text, writer.change.change_id, days_ago(-90))


async def end_all(writer: Writer, _sample: Sample) -> None:
    await run(
        writer,
        "UPDATE register.credit_entry SET last_day = $2, change_id = $1",
        writer.change.change_id,
        days_ago(1),
    )


async def not_yet(writer: Writer, sample: Sample) -> None:
    entry = {"institution_id": sample.institutions["east"]}
    await add_entry(writer, "RED", entry, decided_on=days_ago(0), published_on=days_ago(-1))


CHANGES: dict[str, Write] = {
    "opened": open_home,
    "moved": move_home,
    "sold": sell_home,
    "closed": close_homes,
    "listed": list_single,
    "organisation listed": list_chain,
    "ended": end_all,
    "published tomorrow": not_yet,
}


async def consistent(admin: Connection) -> None:
    assert await admin.fetch(MISPLACED) == []
    assert await admin.fetch(IN_FORCE) == await admin.fetch(BY_ENTRIES)


@pytest.mark.parametrize("change", CHANGES)
async def test_listings_follow(database: Database, admin: Connection, listed: Sample, change: str) -> None:
    before = [tuple(row) for row in await admin.fetch(LISTED)]
    assert len(before) > 2, "the homes of the chain, and the single one"
    async with change_set(database) as writer:
        await CHANGES[change](writer, listed)
    await consistent(admin)
    after, now = [tuple(row) for row in await admin.fetch(LISTED)], await admin.fetch(IN_FORCE)
    assert (after == before) == (change in {"closed", "ended"})
    if change == "opened":
        assert set(after) - set(before) == {("BLACK", "FAC:NEW", "220104")}
    if change == "moved":
        assert {region for kind, _, region in after if kind == "WATCH"} == {"330106"}
    assert bool(now) == (change != "ended"), "the dates tell it when it is asked"


async def test_an_adopted_entry_ends_with_its_original(database: Database, admin: Connection, listed: Sample) -> None:
    async with change_set(database) as writer:
        original = await add_entry(
            writer,
            "RED",
            {"institution_id": listed.institutions["single"]},
            region_code="330106",
            document_number="原件",
        )
        await add_entry(
            writer,
            "RED",
            {"institution_id": listed.institutions["single"]},
            origin="ADOPTED",
            original_id=original,
            decided_on=date(2026, 8, 1),
            document_number="互认",
        )
    assert [row["list_kind"] for row in await admin.fetch(IN_FORCE)].count("RED") == 1
    async with change_set(database) as writer:
        await writer.amend("credit_entry", original, ended_on=days_ago(0), end_kind="WITHDRAWN", end_reason="有误")
    await consistent(admin)
    assert [row["list_kind"] for row in await admin.fetch(IN_FORCE)].count("RED") == 0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (open_home, list_chain),
        (list_chain, open_home),
        (move_home, list_single),
        (list_single, move_home),
        (sell_home, list_chain),
        (list_chain, sell_home),
        (adopt, prolong),
        (prolong, adopt),
    ],
    ids=lambda act: act.__name__,
)
async def test_of_two_at_once_the_second_sees_the_first(
    database: Database, admin: Connection, listed: Sample, first: Write, second: Write
) -> None:
    written, waits = asyncio.Event(), asyncio.Event()
    async with change_set(database) as writer:
        original = {"institution_id": listed.institutions["single"]}
        more = {"region_code": "330106", "document_number": "原件", "last_day": days_ago(-9)}
        await add_entry(writer, "RED", original, **more)

    async def one() -> None:
        async with change_set(database) as writer:
            await first(writer, listed)
            written.set()
            await waits.wait()

    async def other() -> None:
        await written.wait()
        async with change_set(database) as writer:
            await second(writer, listed)

    async def watch() -> None:
        await written.wait()
        while not await admin.fetchval(BLOCKED):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.01)
        waits.set()

    await asyncio.wait_for(asyncio.gather(one(), other(), watch()), 60)
    await consistent(admin)


async def test_what_differs_is_told(admin: Connection, listed: Sample) -> None:
    home = listed.institutions["single"]
    await admin.execute("UPDATE register.listed_institution SET region_code = 'x' WHERE institution_id = $1", home)
    told = [tuple(row) for row in await admin.fetch(MISPLACED)]
    assert [(rule, subject) for rule, subject, _ in told] == [("listing.differs", f"institution {home}")]
    await admin.execute("DELETE FROM register.listed_institution")
    assert len(await admin.fetch(MISPLACED)) > 2
