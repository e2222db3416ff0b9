"""Imports take turns, dry runs leave nothing, and a killed import leaves all or nothing."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest
from tests.services.importing.conftest import (
    EVERYTHING_IN,
    KEYS,
    OPERATOR,
    Admin,
    Bring,
    as_csv,
    certificate,
    employment,
    organisation,
    person,
)

from registry.db.pool import Addresses, Database
from registry.domain.errors import Conflict
from registry.services.importing import ImportOptions, ImportProgress, ImportStep, import_file

GAPS = "SELECT count(*) = coalesce(max(position), 0) FROM register.change_set"


async def test_two_imports_at_once_come_one_after_the_other(full: Bring, admin: Admin) -> None:
    many = [organisation(number) for number in range(100, 1100)]
    first, second = await asyncio.gather(full("organisations", many), full("organisations", many))
    assert {first.added, second.added} == {0, 1000}
    assert {first.unchanged, second.unchanged} == {0, 1000}
    assert await admin.fetchval("SELECT count(*) FROM register.organisation") == 1002
    assert await admin.fetchval(GAPS)


async def test_different_kinds_at_once_each_have_a_position(full: Bring, admin: Admin) -> None:
    results = await asyncio.gather(
        full("organisations", [organisation(5)]),
        full("people", [person(8)]),
        full("certificates", [certificate(8, 1)]),
        full("employments", [employment(3, 2)]),
    )
    positions = sorted(result.position or 0 for result in results)
    assert positions == list(range(positions[0], positions[0] + 4))
    assert await admin.fetchval(GAPS)


async def test_the_wait_is_bounded_and_its_end_says_why(full: Bring, admin: Admin) -> None:
    async with admin.transaction():
        await admin.execute("SELECT pg_advisory_xact_lock(hashtextextended('register.import', 0))")
        with pytest.raises(Conflict, match="another import is under way") as refused:
            await full("organisations", [organisation(5)], wait_seconds=0.2)
    assert refused.value.rule == "import.busy"
    assert (await full("organisations", [organisation(5)], wait_seconds=0.2)).added == 1


async def test_a_waiting_import_goes_on_when_its_turn_comes(full: Bring, admin: Admin) -> None:
    waits, steps = asyncio.Event(), list[ImportStep]()

    def tell(progress: ImportProgress) -> None:
        steps.append(progress.step)
        if progress.step is ImportStep.WAITING:
            waits.set()

    async with admin.transaction():
        await admin.execute("SELECT pg_advisory_xact_lock(hashtextextended('register.import', 0))")
        waiting = asyncio.create_task(full("organisations", [organisation(5)], progress=tell))
        await waits.wait()
        await asyncio.sleep(0.1)
        assert ImportStep.CHECKING not in steps
    assert (await waiting).added == 1


async def test_a_dry_run_counts_the_same_and_leaves_nothing(full: Bring, admin: Admin) -> None:
    rows = [{**EVERYTHING_IN["people"][0], "name": "李一"}, *EVERYTHING_IN["people"][1:], person(8)]
    state = (
        "SELECT (SELECT position FROM register.register_head), (SELECT count(*) FROM register.person),"
        " (SELECT count(*) FROM register.person_history), (SELECT max(id) FROM register.import_batch),"
        " (SELECT sequence FROM register.audit_head)"
    )
    before = await admin.fetchrow(state)
    rehearsed = await full("people", rows, options=ImportOptions(dry_run=True))
    assert await admin.fetchrow(state) == before
    done = await full("people", rows)
    assert (rehearsed.dry_run, rehearsed.position) == (True, None)
    assert (rehearsed.rows, rehearsed.added, rehearsed.amended, rehearsed.unchanged) == (4, 1, 1, 2)
    assert (done.rows, done.added, done.amended, done.unchanged) == (4, 1, 1, 2)


async def test_progress_tells_rows_and_bytes(full: Bring, database: Database, tmp_path: Path) -> None:
    path = tmp_path / "organisations.csv"
    path.write_bytes(as_csv("organisations", (organisation(number) for number in range(100, 25_100))))
    told: list[ImportProgress] = []
    await import_file(
        database, OPERATOR, None, "organisations", path, file_name=path.name, source="test", progress=told.append
    )
    assert [progress.rows for progress in told if progress.step is ImportStep.READING] == [10_000, 20_000, 25_000]
    assert told[-1] == ImportProgress(ImportStep.WRITING, 25_000, path.stat().st_size, path.stat().st_size)
    assert [progress.bytes_read for progress in told] == sorted(progress.bytes_read for progress in told)


IMPORT = """
import asyncio, sys
from pathlib import Path
from registry.db.pool import Addresses, open_database
from registry.domain.actors import operator
from registry.services.importing import ImportOptions, import_file

async def main(path, *addresses):
    async with open_database(Addresses(*addresses), size=2) as database:
        print("READY", flush=True)
        names = {"file_name": "o.csv", "source": "test", "progress": lambda told: print(told.step.value, flush=True)}
        await import_file(database, operator("killed"), None, "organisations", Path(path), **names)

asyncio.run(main(*sys.argv[1:]))
"""


def _kill_at(step: str, seconds: float, path: Path, addresses: Addresses) -> None:
    """Begin the import of a file in a process of its own and kill it so many seconds after it reports a step."""
    command = [sys.executable, "-c", IMPORT, str(path), addresses.staff, addresses.public, addresses.owner]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        told = next((line for line in process.stdout if line.strip() == step), "")
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        assert told, f"the import never came to {step}"


OPEN_WORK = """
SELECT count(*) FROM pg_locks
 WHERE locktype = 'relation' AND relation::regclass::text LIKE '%organisation%' AND pid <> pg_backend_pid()
"""


async def _settled(admin: Admin) -> None:
    """Wait until the server has noticed that the killed process is gone."""
    for _ in range(3_000):
        if not await admin.fetchval(OPEN_WORK):
            return
        await asyncio.sleep(0.02)
    pytest.fail("the killed import still holds its locks")


WRITTEN = "SELECT count(*) FROM register.organisation WHERE name LIKE $1"
BATCHES = "SELECT count(*) FROM register.import_batch WHERE file_name = 'o.csv' AND change_id IS NOT NULL"
CHANGE_SETS = "SELECT count(*) FROM register.change_set WHERE actor = 'killed'"


async def test_a_killed_import_leaves_all_or_nothing(
    full: Bring, admin: Admin, addresses: Addresses, tmp_path: Path
) -> None:
    rows, path, chance, seen = 4_000, tmp_path / "o.csv", random.Random(20261122), set()
    for attempt, step in enumerate(["READY", "READING", "CHECKING", "WRITING", "WRITING", "WRITING", "WRITING"]):
        names = ({**organisation(number), "name": f"第{attempt}次{number}"} for number in range(100, 100 + rows))
        path.write_bytes(as_csv("organisations", names))
        await asyncio.to_thread(_kill_at, step, chance.uniform(0.0, 0.3), path, addresses)
        await _settled(admin)
        written = await admin.fetchval(WRITTEN, f"第{attempt}次%")
        seen.add(written)
        assert written in {0, rows}
        assert await admin.fetchval(GAPS)
        assert await admin.fetchval(BATCHES) == await admin.fetchval(CHANGE_SETS)
        result = await full("organisations", path.read_bytes())
        assert result.added + result.amended == rows - written
        assert await admin.fetchval("SELECT count(*) FROM register.organisation") == rows + 2
    assert 0 in seen


async def test_a_broken_connection_during_the_import_leaves_nothing(full: Bring, admin: Admin) -> None:
    from registry.domain.errors import Unavailable

    async def cut() -> None:
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'registry_staff'"
        )

    tasks = []

    def at_writing(progress: ImportProgress) -> None:
        if progress.step is ImportStep.WRITING:
            tasks.append(asyncio.create_task(cut()))

    with pytest.raises((Unavailable, asyncpg.PostgresError)):
        await full("organisations", [organisation(number) for number in range(100, 9_000)], progress=at_writing)
    await asyncio.gather(*tasks)
    assert await admin.fetchval("SELECT count(*) FROM register.organisation") == 2
    assert (await full("organisations", [organisation(5)])).added == 1


def test_keys_are_not_in_the_text_of_what_is_passed_around() -> None:
    assert repr(KEYS) == "PersonalKeys(key_id=1)"
