"""Several workers on a real database: one leads, what dies is taken over, and an absent register is waited for."""

import asyncio
import os
import sys
from contextlib import suppress
from datetime import timedelta

import pytest
from tests.scheduler.conftest import NEVER_YET, NIGHTLY, counting, every_second, record, runs, until, working

from registry.db.pool import Addresses, Connection, Database
from registry.scheduler.jobs import Job
from registry.scheduler.worker import Register, Worker


async def test_one_of_two_workers_leads(database: Database, addresses: Addresses, admin: Connection) -> None:
    first: list[str] = []
    second: list[str] = []
    async with working(database, addresses, counting(first, schedule=every_second())):

        async def begun() -> bool:
            return bool(first)

        await until(begun)
        async with working(database, addresses, counting(second, schedule=every_second())):
            await asyncio.sleep(1.5)
    assert second == []
    assert {outcome for _, outcome in await runs(admin)} == {"DONE"}


async def test_a_deposed_leader_stops_its_job_and_leads_again(
    database: Database, addresses: Addresses, admin: Connection
) -> None:
    begun: list[str] = []

    async def endless(_database: Database) -> str:
        begun.append("endless")
        await asyncio.sleep(3600)
        return "never"

    await record(admin, "endless", timedelta(days=2), "DONE")
    async with working(database, addresses, Job("endless", NIGHTLY, endless), grace_seconds=0.2):

        async def running(times: int = 1) -> bool:
            return len(begun) == times

        await until(running)
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        )
        await until(lambda: running(2))
    assert [outcome for _, outcome in await runs(admin)] == ["DONE", "ABANDONED", "ABANDONED"]


LEADER = """
import asyncio, sys
from registry.db.pool import Addresses, open_database
from registry.scheduler.jobs import Job
from registry.scheduler.schedules import Schedule
from registry.scheduler.worker import Register, Worker
from apscheduler.triggers.cron import CronTrigger
from zoneinfo import ZoneInfo

async def endless(database):
    print("running", flush=True)
    await asyncio.sleep(3600)

async def main():
    schedule = Schedule("* * * * *", ZoneInfo("Asia/Shanghai"))
    object.__setattr__(schedule, "trigger", CronTrigger(second="*", timezone=ZoneInfo("Asia/Shanghai")))
    addresses = Addresses(*sys.argv[1:4])
    async with open_database(addresses, size=2) as database:
        jobs = [Job("endless", schedule, endless)]
        worker = Worker(lambda: Register(database, addresses.staff), jobs, poll_seconds=0.1)
        await worker.run(asyncio.Event())

asyncio.run(main())
"""


async def test_a_standby_takes_over_from_a_killed_leader(
    database: Database, addresses: Addresses, admin: Connection
) -> None:
    leader = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", LEADER, addresses.staff, addresses.public, addresses.owner),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        assert leader.stdout is not None
        await asyncio.wait_for(leader.stdout.readuntil(b"running\n"), 120)
        calls: list[str] = []
        async with working(database, addresses, counting(calls, name="endless", schedule=NEVER_YET)):
            await asyncio.sleep(0.5)
            assert calls == []
            assert await runs(admin) == [("endless", None)]
            leader.kill()

            async def taken_over() -> bool:
                return [outcome for _, outcome in await runs(admin)] == ["ABANDONED", "DONE"]

            await until(taken_over)
        assert calls == ["endless"]
    finally:
        with suppress(ProcessLookupError):
            leader.kill()
        await leader.wait()


@pytest.mark.parametrize("seconds", [0.0, 0.3])
async def test_a_worker_waits_for_the_register(
    database: Database, addresses: Addresses, admin: Connection, seconds: float
) -> None:
    calls: list[str] = []
    reachable_from = asyncio.get_running_loop().time() + seconds

    def find_register() -> Register | None:
        there = asyncio.get_running_loop().time() >= reachable_from
        return Register(database, addresses.staff) if there else None

    stopping = asyncio.Event()
    worker = Worker(find_register, [counting(calls, schedule=every_second())], poll_seconds=0.05)
    task = asyncio.create_task(worker.run(stopping))

    async def ran() -> bool:
        return bool(calls)

    await until(ran)
    stopping.set()
    await asyncio.wait_for(task, 60)
    assert {outcome for _, outcome in await runs(admin)} == {"DONE"}
