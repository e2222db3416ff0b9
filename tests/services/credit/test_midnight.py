"""Transactions that are held open over law midnight, and steps that nobody records."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import date

import asyncpg
import pytest
from tests.services.credit.conftest import SetDay
from tests.services.credit.kit import CLERK, COUNTY, OPENER, at, new_case, notice, on, to_listing
from tests.services.credit.test_database_guards import ENTRY_STEP, STEP

from registry.db.pool import Connection, Database
from registry.domain.errors import Conflict
from registry.services.credit import StepTaken, open_case, publish_entry, serve_notice

TODAY = date(2026, 6, 10)
PATIENCE_SECONDS = 60
MIDNIGHT = """CREATE OR REPLACE FUNCTION register.day_of(at timestamptz) RETURNS date LANGUAGE sql STABLE
RETURN CASE WHEN at < timestamptz '{instant}' THEN DATE '2026-06-10' ELSE DATE '2026-06-11' END"""
WAITING = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"


@pytest.fixture(autouse=True)
async def _today(set_day: SetDay) -> None:
    await set_day(TODAY)


@asynccontextmanager
async def _publication_held_up(admin: Connection) -> AsyncIterator[None]:
    await admin.execute("SELECT pg_advisory_lock(register.head_lock_key())")
    try:
        yield
    finally:
        await admin.execute("SELECT pg_advisory_unlock(register.head_lock_key())")


async def _over_midnight(admin: Connection, act: Awaitable[StepTaken]) -> StepTaken:
    """Let the day end between the step and its publication."""
    async with _publication_held_up(admin), asyncio.timeout(PATIENCE_SECONDS):
        acting = asyncio.ensure_future(act)
        while not await admin.fetchval(WAITING):  # noqa: ASYNC110 - of another connection
            await asyncio.sleep(0.02)
        instant = await admin.fetchval("SELECT clock_timestamp()")
        await admin.execute(MIDNIGHT.format(instant=instant.isoformat()))
    return await acting


async def test_a_step_of_a_day_that_is_over_is_not_recorded(database: Database, admin: Connection) -> None:
    opened = await open_case(database, OPENER, new_case())
    with pytest.raises(Conflict) as caught:
        await _over_midnight(admin, serve_notice(database, OPENER, at(opened), notice(TODAY)))
    assert caught.value.rule == "step.day"
    assert await admin.fetchval("SELECT count(*) FROM register.case_step") == 1
    await serve_notice(database, OPENER, at(opened), notice(TODAY))


async def test_nor_a_step_of_an_entry(database: Database, admin: Connection) -> None:
    listed = await to_listing(database, TODAY)
    with pytest.raises(Conflict):
        await _over_midnight(admin, publish_entry(database, CLERK, on(listed)))
    assert await admin.fetchval("SELECT published_on FROM register.credit_entry") is None


async def test_who_waits_within_the_day_is_recorded(database: Database, admin: Connection) -> None:
    await admin.execute(MIDNIGHT.format(instant="infinity"))
    async with _publication_held_up(admin), asyncio.timeout(PATIENCE_SECONDS):
        opening = asyncio.ensure_future(open_case(database, OPENER, new_case()))
        while not await admin.fetchval(WAITING):  # noqa: ASYNC110 - of another connection
            await asyncio.sleep(0.02)
    assert (await opening).step == 1


@pytest.mark.parametrize("text", [STEP, ENTRY_STEP], ids=["case", "entry"])
async def test_no_step_is_there_that_was_not_recorded(database: Database, text: str) -> None:
    listed = await to_listing(database, TODAY)
    opened = await open_case(database, OPENER, new_case())
    of_case = text is STEP
    values = (opened.case_id, 2, "NOTICE_SERVED") if of_case else (listed.entry_id, 1, "PUBLISHED")
    with pytest.raises(asyncpg.ForeignKeyViolationError) as caught:
        async with database.staff.acquire() as connection, connection.transaction():
            await connection.execute(
                "SELECT set_config('registry.scope', $1, true),"
                " set_config('registry.change_id', nextval('register.change_id_seq')::text, true)",
                COUNTY,
            )
            await connection.execute(text, *values, None, OPENER.identity)
    assert caught.value.constraint_name == ("case_step_recorded" if of_case else "entry_step_recorded")
