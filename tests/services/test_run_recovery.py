"""A run killed at any moment leaves the register as before or after it, never between, and the next run works."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from registry.db.pool import Addresses, Connection, Database
from registry.domain.actors import operator
from registry.domain.personal import PersonalKeys
from registry.services.importing import import_file
from registry.services.policies import add_policy, shipped_documents
from registry.services.rating_runs import recompute
from registry.services.seeding import seed
from registry.synthetic import generate

CLI = operator("cli")
DAY = date(2026, 11, 22)
KEYS = PersonalKeys.derive(b"k" * 32)
ORDER = ("organisations", "institutions", "people", "evaluation-organisations", "employments", "certificates")
RUN = """
import asyncio, sys
from datetime import date
from registry.db.pool import Addresses, open_database
from registry.domain.actors import operator
from registry.services.rating_runs import recompute

async def main():
    async with open_database(Addresses(*sys.argv[1:4])) as database:
        print("ready", flush=True)
        for day in range(1, 22):
            await recompute(database, operator("cli"), as_of=date(2026, day % 9 + 1, day))

asyncio.run(main())
"""


@pytest.fixture
async def register(database: Database, tmp_path: Path) -> Database:
    """A synthetic register of 150 institutions under the national policy."""
    generate(tmp_path, 150, 5)
    await seed(database, CLI)
    for kind in (*ORDER, "residents", "assessments"):
        path = tmp_path / f"{kind}.csv"
        await import_file(database, CLI, KEYS, kind, path, file_name=path.name, source="synthetic")
    await add_policy(database, CLI, shipped_documents()["cn-national"])
    return database


def _kill_during_runs(addresses: Addresses, delay_seconds: float) -> None:
    source = str(Path(__file__).parents[2] / "src")
    child = subprocess.Popen(
        [sys.executable, "-c", RUN, addresses.staff, addresses.public, addresses.owner],
        env={**os.environ, "PYTHONPATH": source},
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == b"ready"
    time.sleep(delay_seconds)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()


STILL_AT_WORK = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND backend_type = 'client backend' AND state <> 'idle' AND pid <> pg_backend_pid()
"""


async def _assert_whole(admin: Connection) -> None:
    """Every run has its change set, its policies and its ranks; every rating comes from a published run."""
    while await admin.fetchval(STILL_AT_WORK):  # noqa: ASYNC110 - it happens in the database
        await asyncio.sleep(0.02)
    unpublished = "SELECT count(*) FROM register.rating_run WHERE change_id NOT IN (SELECT id FROM register.change_set)"
    assert await admin.fetchval(unpublished) == 0
    runs = await admin.fetchval("SELECT count(*) FROM register.rating_run")
    assert runs == await admin.fetchval("SELECT count(*) FROM register.change_set WHERE kind = 'RUN'")
    assert runs == await admin.fetchval("SELECT count(*) FROM register.rating_run_policy")
    positions = await admin.fetch("SELECT position FROM register.change_set ORDER BY position")
    assert [row[0] for row in positions] == list(range(1, len(positions) + 1))
    rated = await admin.fetchval("SELECT count(*) FROM register.rating")
    newest = "SELECT max(id) FROM register.rating_run"
    written = f"SELECT coalesce(sum(population), 0) FROM register.rating_run_policy WHERE run_id = ({newest})"
    assert rated == await admin.fetchval(written)


async def test_a_killed_run_is_there_whole_or_not_at_all(
    register: Database, admin: Connection, addresses: Addresses
) -> None:
    chance = random.Random(20261122)
    for _ in range(5):
        _kill_during_runs(addresses, chance.uniform(0.0, 1.2))
        await _assert_whole(admin)
    finished = await recompute(register, CLI, as_of=DAY)
    assert finished.institutions > 0
    await _assert_whole(admin)
