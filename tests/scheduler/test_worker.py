"""A worker on a real database: what is due runs once, failures and missed slots are recorded."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.scheduler.conftest import NEVER_YET, NIGHTLY, SHANGHAI, counting, every_second, record, runs, until, working

from registry.db.pool import Addresses, Connection, Database
from registry.domain.actors import operator
from registry.domain.errors import Bilingual, Unavailable
from registry.scheduler.jobs import ExportJobs, Job, prune_all, scheduled_jobs
from registry.services.policies import add_policy, shipped_documents
from registry.services.seeding import seed


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
        await asyncio.wait_for(begun.wait(), 60)
    assert await runs(admin) == [("slow", "DONE")]


async def test_a_job_past_its_grace_is_abandoned(database: Database, addresses: Addresses, admin: Connection) -> None:
    begun = asyncio.Event()

    async def endless(_database: Database) -> str:
        begun.set()
        await asyncio.sleep(3600)
        return "never"

    async with working(database, addresses, Job("endless", every_second(), endless), grace_seconds=0.2):
        await asyncio.wait_for(begun.wait(), 60)
    assert await runs(admin) == [("endless", "ABANDONED")]


async def test_the_full_run_scores_and_tells_what_is_missing(
    database: Database, addresses: Addresses, admin: Connection
) -> None:
    job = scheduled_jobs(NIGHTLY, NIGHTLY, prune_all, ExportJobs(Path("unused")))[0]
    assert (job.name, job.schedule) == ("full-run", NIGHTLY)
    await record(admin, "full-run", timedelta(days=2), "DONE")
    async with working(database, addresses, job):

        async def ended() -> bool:
            return [outcome for _, outcome in await runs(admin)] == ["DONE", "FAILED"]

        await until(ended)
    assert "registry policy add" in await admin.fetchval("SELECT max(detail) FROM register.job_run")
    await seed(database, operator("cli"))
    await add_policy(database, operator("cli"), shipped_documents()["cn-national"])
    # The run that was refused had the first number.
    assert await job.call(database) == "run 2: 0 of 0 institutions changed; 0 regions counted"
