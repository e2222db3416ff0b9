"""Workers in this process, jobs that note their calls, and the record of runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from registry.db.pool import Addresses, Connection, Database
from registry.scheduler.jobs import Job
from registry.scheduler.schedules import Schedule
from registry.scheduler.worker import Register, Worker

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
        await asyncio.wait_for(task, 90)


async def until(condition: Callable[[], Awaitable[object]], seconds: float = 120) -> None:
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
