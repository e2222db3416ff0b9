"""A worker that follows the register: at once, after a restart, and through kill -9."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from tests.scheduler.conftest import until
from tests.services.followed import CARERS, PLACES, REVOKED, bring, carer, fill, rate
from tests.services.importing.conftest import OPERATOR, certificate

from registry.db.pool import Addresses, Connection, Database
from registry.domain.lawdays import law_day
from registry.scheduler.jobs import raise_what_followed, rate_what_changed
from registry.scheduler.worker import Register, Worker
from registry.services.rating_runs import recompute
from registry.services.verifying import verify

WORKER = """
import asyncio, sys
from registry.db.pool import Addresses, open_database
from registry.scheduler.jobs import rate_what_changed
from registry.scheduler.worker import Register, Worker

async def main():
    addresses = Addresses(*sys.argv[1:4])
    async with open_database(addresses) as database:
        worker = Worker(lambda: Register(database, addresses.staff), [], poll_seconds=0.1, follow=rate_what_changed)
        print("ready", flush=True)
        await worker.run(asyncio.Event())

asyncio.run(main())
"""


@pytest.fixture
async def register(database: Database) -> Database:
    """The small register, rated under the national policy."""
    await fill(database)
    await rate(database, "cn-national")
    return database


async def _work(database: Database, addresses: Addresses, stopping: asyncio.Event) -> None:
    """A worker that looks by itself once a minute only: what comes earlier was heard."""
    found = Register(database, addresses.staff)
    await Worker(lambda: found, [], poll_seconds=60, follow=rate_what_changed).run(stopping)


async def _position(admin: Connection) -> int:
    position: int = await admin.fetchval("SELECT position FROM register.rating_follow")
    return position


def _event(number: int) -> dict[str, object]:
    """The n-th event: a certificate is revoked, or stands again."""
    holder = carer(PLACES[number % 5], CARERS[number // 5 % 5])
    status = "REVOKED" if number // 25 % 2 == 0 else "SUSPENDED"
    return dict(certificate(holder, holder, status=status, status_from=f"2024-01-{number // 25 + 1:02d}"))


async def test_news_is_heard_and_what_was_missed_is_caught_up(
    register: Database, addresses: Addresses, admin: Connection
) -> None:
    missed = await bring(register, REVOKED.kind, [REVOKED.row])
    stopping = asyncio.Event()
    task = asyncio.create_task(_work(register, addresses, stopping))

    async def caught_up() -> bool:
        return await _position(admin) == missed

    await until(caught_up)
    heard = await bring(register, "certificates", [_event(7)])

    async def followed() -> bool:
        return await _position(admin) == heard

    await until(followed)
    stopping.set()
    await asyncio.wait_for(task, 90)
    causes = await admin.fetch("SELECT cause FROM register.rating_run WHERE kind = 'INCREMENTAL' ORDER BY id")
    assert [row["cause"] for row in causes] == [f"after {at}: import certificates" for at in (missed, heard)]


def _started(addresses: Addresses) -> "subprocess.Popen[bytes]":
    """A worker in a process of its own, which has begun."""
    source = str(Path(__file__).parents[2] / "src")
    child = subprocess.Popen(
        [sys.executable, "-c", WORKER, addresses.staff, addresses.public, addresses.owner],
        env={**os.environ, "PYTHONPATH": source},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == b"ready"
    return child


def _killed(child: "subprocess.Popen[bytes]") -> None:
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert child.stdout is not None
    child.stdout.close()


async def _kill_amid_events(register: Database, addresses: Addresses, start: int, draws: random.Random) -> None:
    child = _started(addresses)
    for number in range(start, start + 8):
        await bring(register, "certificates", [_event(number)])
        await asyncio.sleep(draws.random() * 0.1)
    _killed(child)


async def test_kill_9_loses_no_event_and_follows_none_twice(
    register: Database, addresses: Addresses, admin: Connection
) -> None:
    draws = random.Random(5)
    for turn in range(3):
        await _kill_amid_events(register, addresses, turn * 8, draws)
    last = await bring(register, "certificates", [_event(24)])
    stopping = asyncio.Event()
    task = asyncio.create_task(_work(register, addresses, stopping))

    async def done() -> bool:
        return await _position(admin) == last

    await until(done)
    stopping.set()
    await asyncio.wait_for(task, 90)
    causes = await admin.fetch("SELECT cause FROM register.rating_run WHERE kind = 'INCREMENTAL' ORDER BY id")
    ranges = [row["cause"].split(":")[0].removeprefix("after ").split("-") for row in causes]
    assert all(int(one[-1]) < int(other[0]) for one, other in pairwise(ranges))
    assert (await recompute(register, OPERATOR, incremental=True)).changed == 0
    assert not (await verify(register)).violations


async def test_what_is_done_behind_keeps_no_rating_waiting_and_ends_with_the_worker(
    register: Database, addresses: Addresses, admin: Connection
) -> None:
    begun, left, stopping = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def endless(_: Database) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            left.set()

    found = Register(register, addresses.staff)
    worker = Worker(lambda: found, [], poll_seconds=60, follow=rate_what_changed, behind=endless)
    task = asyncio.create_task(worker.run(stopping))
    await asyncio.wait_for(begun.wait(), 60)
    event = await bring(register, REVOKED.kind, [REVOKED.row])

    async def followed() -> bool:
        return await _position(admin) >= event

    await until(followed)
    assert not left.is_set()
    stopping.set()
    await asyncio.wait_for(task, 60)
    assert left.is_set()


async def test_flags_are_raised_behind(register: Database, addresses: Addresses, admin: Connection) -> None:
    begun, stopping, found = law_day(datetime.now(UTC)), asyncio.Event(), Register(register, addresses.staff)
    worker = Worker(lambda: found, [], poll_seconds=60, follow=rate_what_changed, behind=raise_what_followed)
    task = asyncio.create_task(worker.run(stopping))

    async def looked() -> bool:
        day: date | None = await admin.fetchval("SELECT looked_on FROM register.flag_follow")
        return day is not None and day >= begun

    await until(looked)
    stopping.set()
    await asyncio.wait_for(task, 60)
