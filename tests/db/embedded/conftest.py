"""Real processes that hold shares of real servers."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest

import registry
from registry.db.embedded import EmbeddedServer, status, stop

SOURCES = Path(registry.__file__).parents[1]
HOLD = """
import sys
from pathlib import Path
from registry.db.embedded import EmbeddedServer
server = EmbeddedServer.open(Path(sys.argv[1]))
print(server.dsn("registry_admin"), flush=True)
sys.stdin.readline()
server.release()
"""


@dataclass
class Holder:
    """Another process that opens the data directory and holds its share until told or killed."""

    process: subprocess.Popen[str]

    def wait_until_open(self) -> str:
        """Give the address it got."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def release(self) -> None:
        self.process.communicate("release\n", timeout=60)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


HoldersOf = Callable[..., Holder]


def make_folder() -> Path:
    """A folder that only the caller may enter; in memory where there is room, for these tests make many clusters."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2 << 30
    return Path(tempfile.mkdtemp(prefix="registry-embedded-", dir=memory if roomy else None))


@pytest.fixture
def hold() -> Iterator[HoldersOf]:
    """Start holders; those still alive at the end are killed."""
    holders: list[Holder] = []

    def start(
        data_dir: Path, *, uid: int | None = None, python: str = sys.executable, path: tuple[Path, ...] = ()
    ) -> Holder:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*path, SOURCES)))}
        process = subprocess.Popen(
            [python, "-c", HOLD, str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            user=uid,
            extra_groups=None if uid is None else [],
        )
        holders.append(Holder(process))
        return holders[-1]

    yield start
    for holder in holders:
        holder.kill()


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data directory that does not exist yet, below a folder that only the caller may enter; stopped at the end."""
    folder = make_folder()
    yield folder / "data"
    with suppress(Exception):
        stop(folder / "data")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def stopped_cluster() -> Iterator[Path]:
    """A data directory that was opened and released."""
    folder = make_folder()
    EmbeddedServer.open(folder / "data").release()
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture
def made_dir(data_dir: Path, stopped_cluster: Path) -> Path:
    """A data directory with a cluster, as after an earlier run; spares the test an initdb."""
    subprocess.run(["cp", "-a", str(stopped_cluster), str(data_dir)], check=True)
    return data_dir


def ask(dsn: str, *statements: str) -> Any:
    """Run statements on one connection; gives the value of the last."""

    async def run() -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            values = [await connection.fetchval(statement) for statement in statements]
        finally:
            await connection.close()
        return values[-1]

    return asyncio.run(run())


@pytest.fixture
def query() -> Callable[..., Any]:
    return ask


def wait_until(condition: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.03)


@pytest.fixture
def eventually() -> Callable[..., None]:
    return wait_until


@pytest.fixture
def kill_server() -> Callable[[Path], int]:
    """Kill the postmaster of a data directory; gives its process id."""

    def kill(data_dir: Path) -> int:
        pid = status(data_dir).server_pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        return pid

    return kill
