"""A real PostgreSQL for the tests: one embedded server, one migrated template per session, one copy per test."""

import asyncio
import itertools
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from hypothesis import settings

from registry.db.embedded import EmbeddedServer
from registry.db.migrate import migrate
from registry.db.pool import Addresses, Database, open_database

settings.register_profile("steady", deadline=None, derandomize=True)  # the same code meets the same examples
settings.load_profile("steady")

_NUMBERS = itertools.count(1)


_FORGETFUL = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nfile_copy_method = clone\n"
"""The tests' server need not survive the machine; a copy of the template then takes a tenth of the time."""


_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 4 * 2**30


def _roomy_memory() -> Path | None:
    """A file system in memory, where a copy of the template costs a fifth of a disk's; None where it is small."""
    return _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES else None


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """The embedded server of this test process."""
    with tempfile.TemporaryDirectory(
        prefix="registry-tests-", dir=_roomy_memory(), ignore_cleanup_errors=True
    ) as folder:
        EmbeddedServer.open(Path(folder)).release()
        (Path(folder) / "postgres" / "local.conf").write_text(_FORGETFUL, encoding="utf-8")
        with EmbeddedServer.open(Path(folder)) as running:
            yield running


_LONGEST_WAIT_SECONDS = 120.0


async def _run(server: EmbeddedServer, command: str) -> None:
    """Make, copy or drop a database; one that somebody is just leaving is waited for.

    The server itself waits five seconds for that, which on a machine with much to do is not enough.
    """
    connection = await asyncpg.connect(server.dsn("registry_admin", "postgres"))
    deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
    try:
        while not await _done(connection, command, last=time.monotonic() > deadline):
            pass
    finally:
        await connection.close()


async def _done(connection: "asyncpg.Connection[asyncpg.Record]", command: str, *, last: bool) -> bool:
    try:
        await connection.execute(command)
    except asyncpg.ObjectInUseError:
        if last:
            raise
        await asyncio.sleep(0.2)
        return False
    return True


async def copy_database(server: EmbeddedServer, template: str, name: str) -> None:
    """Copy a database to which nobody is connected, or will be no more in a moment."""
    await _run(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')


@pytest.fixture(scope="session")
def template(server: EmbeddedServer) -> str:
    """The name of a database with all migrations applied and nothing in it."""
    name = f"template_{os.getpid()}"
    asyncio.run(_run(server, f'CREATE DATABASE "{name}"'))
    asyncio.run(migrate(server.dsn("registry_admin", name)))
    return name


@pytest.fixture
def addresses(server: EmbeddedServer, template: str) -> Iterator[Addresses]:
    """The addresses of a fresh copy of the template."""
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    asyncio.run(copy_database(server, template, name))
    yield Addresses(*(server.dsn(role, name) for role in ("registry_staff", "registry_public", "registry_admin")))
    asyncio.run(_run(server, f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
async def database(addresses: Addresses) -> AsyncIterator[Database]:
    """Pools on a fresh copy of the template."""
    async with open_database(addresses, size=4) as opened:
        yield opened


@pytest.fixture
async def admin(addresses: Addresses) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A superuser's connection to the same copy, for looking behind the scenes."""
    connection = await asyncpg.connect(addresses.owner)
    yield connection
    await connection.close()
