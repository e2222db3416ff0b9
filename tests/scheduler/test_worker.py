"""Workers on a real database: one leads, what is due runs once, what dies is taken over."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger

from registry.db.pool import Addresses, Connection, Database
from registry.domain.actors import operator
from registry.domain.errors import Bilingual, Unavailable
from registry.scheduler.jobs import Job, scheduled_jobs
from registry.scheduler.schedules import Schedule
from registry.scheduler.worker import Register, Worker
from registry.services.policies import add_policy, shipped_documents
from registry.services.seeding import seed

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHTLY = Schedule("0 2 * * *", SHANGHAI)
NEVER_YET = Schedule("0 0 29 2 *", SHANGHAI)


def every_second() -> Schedule:
    """A schedule finer than cron, so that tests need not wait for a minute."""
    schedule = Schedule("* * * * *", SHANGHAI)
    object.__setattr__(schedule, "trigger", CronTrigger(second="*", timezone=SHANGHAI))
    return schedule


@asynccontextmanager
async def working(
    database: Database, addresses: Addresses, *jobs: Job, grace_seconds: float = 5.0
) -> AsyncIterator[Worker]:
    """A worker in this process for as long as the block lasts."""
    worker = Worker(lambda: Register(database, addresses.staff), jobs, poll_seconds=0.05, grace_seconds=grace_seconds)
    stopping = asyncio.Event()
    task = asyncio.create_task(worker.run(stopping))
    try:
        yield worker
    finally:
        stopping.set()
        await asyncio.wait_for(task, 20)


async def until(condition: Callable[[], Awaitable[object]], seconds: float = 15) -> None:
    """Wait until an async condition holds."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - what is awaited happens in another process
            await asyncio.sleep(0.02)


async def runs(admin: Connection) -> list[tuple[str, str | None]]:
    """Every recorded run, oldest first: job and outcome."""
    rows = await admin.fetch("SELECT job, outcome FROM register.job_run ORDER BY scheduled_for, id")
    return [(row["job"], row["outcome"]) for row in rows]


async def record(admin: Connection, job: str, ago: timedelta, outcome: str | None) -> None:
    """Write a past run."""
    await admin.execute(
        "INSERT INTO register.job_run (job, scheduled_for, finished_at, outcome) VALUES ($1, $2, $2, $3)",
        job,
        datetime.now(UTC) - ago,
        outcome,
    )


def counting(calls: list[str], name: str = "count", schedule: Schedule = NIGHTLY) -> Job:
    """A job that notes each call."""

    async def call(_database: Database) -> str:
        calls.append(name)
        return f"call {len(calls)}"

    return Job(name, schedule, call)


async def test_a_due_job_runs_once_a_slot_and_is_recorded(
    database: Database, addresses: Addresses, admin: Connection
) -> None:
    calls: list[str] = []
    async with working(database, addresses, counting(calls, schedule=every_second())):

        async def three() -> bool:
            return len(calls) >= 3

        await until(three)
    rows = await admin.fetch("SELECT * FROM register.job_run ORDER BY scheduled_for")
    assert len(rows) == len(calls)
    assert {row["outcome"] for row in rows} == {"DONE"}
    assert rows[0]["detail"] == "call 1"
    assert all(row["scheduled_for"].microsecond == 0 and row["finished_at"] >= row["started_at"] for row in rows)


async def test_failures_are_recorded_and_the_next_slot_runs(
    database: Database, addresses: Addresses, admin: Connection
) -> None:
    async def refuse(_database: Database) -> str:
        raise Unavailable(Bilingual("不可用", "not available"), rule="test.refused")

    async def break_down(_database: Database) -> str:
        raise RuntimeError("hunter2")

    jobs = Job("refused", every_second(), refuse), Job("broken", every_second(), break_down)
    async with working(database, addresses, *jobs):

        async def twice() -> bool:
            return len(await runs(admin)) >= 4

        await until(twice)
    details = {row["job"]: row["detail"] for row in await admin.fetch("SELECT * FROM register.job_run")}
    assert set(await runs(admin)) == {("refused", "FAILED"), ("broken", "FAILED")}
    assert details["refused"] == "not available / 不可用"
    assert details["broken"].startswith("internal error ")
    assert "hunter2" not in details["broken"]


async def test_many_missed_slots_are_caught_up_once(
    database: Database, addresses: Addresses, admin: Connection
) -> None:
    await record(admin, "count", timedelta(days=9), "DONE")
    calls: list[str] = []
    async with working(database, addresses, counting(calls)):

        async def caught_up() -> bool:
            return len(await runs(admin)) == 2 and (await runs(admin))[1][1] == "DONE"

        await until(caught_up)
        await asyncio.sleep(0.3)
    async with working(database, addresses, counting(calls)):
        await asyncio.sleep(0.5)
    assert calls == ["count"]
    slot = await admin.fetchval("SELECT max(scheduled_for) FROM register.job_run")
    assert slot.astimezone(SHANGHAI).strftime("%H:%M:%S") == "02:00:00"
    assert timedelta(0) <= datetime.now(UTC) - slot < timedelta(days=1)


async def test_a_new_register_has_missed_nothing(database: Database, addresses: Addresses, admin: Connection) -> None:
    calls: list[str] = []
    async with working(database, addresses, counting(calls)):
        await asyncio.sleep(0.5)
    assert calls == []
    assert await runs(admin) == []


async def test_an_abandoned_run_is_tried_again_once(
    database: Database, addresses: Addresses, admin: Connection
) -> None:
    await record(admin, "count", timedelta(minutes=5), "DONE")
    await record(admin, "count", timedelta(minutes=1), None)
    calls: list[str] = []
    async with working(database, addresses, counting(calls, schedule=NEVER_YET)):

        async def again() -> bool:
            return [outcome for _, outcome in await runs(admin)] == ["DONE", "ABANDONED", "DONE"]

        await until(again)
    await record(admin, "count", timedelta(seconds=-1), "ABANDONED")
    await record(admin, "count", timedelta(seconds=-2), None)
    async with working(database, addresses, counting(calls, schedule=NEVER_YET)):
        await asyncio.sleep(0.5)
    assert calls == ["count"]
    assert [outcome for _, outcome in await runs(admin)][-2:] == ["ABANDONED", "ABANDONED"]


async def test_a_stopping_worker_lets_the_job_finish(
    database: Database, addresses: Addresses, admin: Connection
) -> None:
    begun = asyncio.Event()

    async def slow(_database: Database) -> str:
        begun.set()
        await asyncio.sleep(0.7)
        return "finished"

    async with working(database, addresses, Job("slow", every_second(), slow)):
        await asyncio.wait_for(begun.wait(), 10)
    assert await runs(admin) == [("slow", "DONE")]


async def test_a_job_past_its_grace_is_abandoned(database: Database, addresses: Addresses, admin: Connection) -> None:
    begun = asyncio.Event()

    async def endless(_database: Database) -> str:
        begun.set()
        await asyncio.sleep(3600)
        return "never"

    async with working(database, addresses, Job("endless", every_second(), endless), grace_seconds=0.2):
        await asyncio.wait_for(begun.wait(), 10)
    assert await runs(admin) == [("endless", "ABANDONED")]


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
        await asyncio.wait_for(leader.stdout.readuntil(b"running\n"), 30)
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


async def test_the_full_run_scores_and_tells_what_is_missing(
    database: Database, addresses: Addresses, admin: Connection
) -> None:
    (job,) = scheduled_jobs(NIGHTLY)
    assert (job.name, job.schedule) == ("full-run", NIGHTLY)
    await record(admin, "full-run", timedelta(days=2), "DONE")
    async with working(database, addresses, job):

        async def ended() -> bool:
            return [outcome for _, outcome in await runs(admin)] == ["DONE", "FAILED"]

        await until(ended)
    assert "registry policy add" in await admin.fetchval("SELECT max(detail) FROM register.job_run")
    await seed(database, operator("cli"))
    await add_policy(database, operator("cli"), shipped_documents()["cn-national"])
    assert await job.call(database) == "run 1: 0 of 0 institutions changed"


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
    await asyncio.wait_for(task, 10)
    assert {outcome for _, outcome in await runs(admin)} == {"DONE"}
