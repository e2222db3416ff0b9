"""Questions that share round trips, against the server: what fails, what is lost, what goes beside what."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from registry.db import rounds as shared
from registry.db.pool import PUBLIC_ROLE, Addresses, Pool, open_pool
from registry.db.rounds import MOST_TOGETHER, Rounds

PLAIN = "SELECT $1::text AS a"
COUNTED = "SELECT $1::text AS a, pg_backend_pid() AS backend, now() AS began"
SLOW = "SELECT $1::text AS a, now() AS began, pg_sleep(0.2)::text AS slept"

LOSE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE query LIKE '%asked.place%' AND pid <> pg_backend_pid() AND datname = current_database()"""


@pytest.fixture
async def pool(addresses: Addresses) -> AsyncIterator[Pool]:
    """A pool of few connections."""
    async with await open_pool(addresses.public, PUBLIC_ROLE, size=3, statement_timeout_ms=2_000) as opened:
        yield opened


async def test_beside_a_trip_only_a_full_one_departs_and_the_rest_goes_on_with_it(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "PATIENCE_SECONDS", 60.0)
    rounds = Rounds(pool)
    first = asyncio.ensure_future(rounds.ask(SLOW, ["first"]))
    await asyncio.sleep(0.05)
    full = [asyncio.ensure_future(rounds.ask(COUNTED, [str(n)])) for n in range(MOST_TOGETHER)]
    rest = [asyncio.ensure_future(rounds.ask(COUNTED, [str(n)])) for n in range(2)]
    rows = await asyncio.gather(*full, *rest)
    assert not first.done()
    assert [row["a"] for row in rows if row] == [*map(str, range(MOST_TOGETHER)), "0", "1"]
    instants = [row["began"] for row in rows if row]
    assert len(set(instants[:MOST_TOGETHER])) == 1 == len(set(instants[MOST_TOGETHER:]))
    assert instants[0] < instants[-1]
    assert len({row["backend"] for row in rows if row}) == 1
    await first
    await asyncio.gather(*rounds.trips)
    assert not rounds.underway
    assert not rounds.waiting


async def test_as_many_trips_as_are_full_are_underway_at_once(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "PATIENCE_SECONDS", 60.0)
    rounds = Rounds(pool)
    alone = asyncio.ensure_future(rounds.ask(SLOW, ["alone"]))
    await asyncio.sleep(0.05)
    full = [asyncio.ensure_future(rounds.ask(SLOW, [str(n)])) for n in range(MOST_TOGETHER)]
    late = asyncio.ensure_future(rounds.ask(SLOW, ["late"]))
    await asyncio.sleep(0.05)
    assert rounds.underway == {SLOW: 2}
    assert len(rounds.waiting[SLOW]) == 1
    rows = await asyncio.gather(alone, *full, late)
    assert rows[-1] is not None
    assert rows[0] is not None
    assert rows[-1]["began"] > rows[0]["began"]


async def test_nobody_waits_behind_a_slow_answer(pool: Pool) -> None:
    rounds = Rounds(pool)
    slow = asyncio.ensure_future(rounds.ask(SLOW, ["slow"]))
    await asyncio.sleep(0.02)
    others = [asyncio.ensure_future(rounds.ask(SLOW, [str(n)])) for n in range(2)]
    await asyncio.sleep(0.05)
    assert rounds.underway == {SLOW: 2}
    first, *rest = await asyncio.gather(slow, *others)
    assert first is not None
    assert all(row is not None and (row["began"] - first["began"]).total_seconds() < 0.2 for row in rest)


async def test_a_statement_that_fails_by_itself_is_asked_once(pool: Pool) -> None:
    rounds = Rounds(pool)
    began = asyncio.get_running_loop().time()
    with pytest.raises(asyncpg.QueryCanceledError):
        await rounds.ask("SELECT $1::text AS a, pg_sleep(30)", ["x"])
    assert asyncio.get_running_loop().time() - began < 2 * 2
    assert await rounds.ask(PLAIN, ["next"])


async def test_what_waited_on_a_connection_that_is_lost_is_asked_on_another(pool: Pool) -> None:
    rounds = Rounds(pool)
    asked = [asyncio.ensure_future(rounds.ask("SELECT $1::text AS a, pg_sleep(0.3)", [str(n)])) for n in range(3)]
    await asyncio.sleep(0.1)
    async with pool.acquire() as other:
        await other.execute(LOSE)
    assert [found["a"] for found in await asyncio.gather(*asked) if found] == ["0", "1", "2"]


async def test_a_pool_that_is_closed_is_told_to_everybody(pool: Pool) -> None:
    rounds = Rounds(pool)
    await pool.close()
    found = await asyncio.gather(*(rounds.ask(PLAIN, [str(n)]) for n in range(3)), return_exceptions=True)
    assert {type(error) for error in found} == {asyncpg.InterfaceError}
