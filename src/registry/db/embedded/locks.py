"""The kernel's file locks that say who holds the server.

A lock ends with its process, however that ends, and a reused process id cannot inherit it: no file is believed.
"""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from registry.db.embedded.layout import Layout
from registry.domain.errors import Bilingual, Unavailable

PAUSE_SECONDS = 0.02
START_LOCK_PATIENCE_SECONDS = 300.0
OPEN_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


def try_lock(path: Path) -> int | None:
    """Take the exclusive lock of a file, made where absent; None where another holds it. Closing it gives it up."""
    descriptor = os.open(path, OPEN_FLAGS, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_locked(path: Path) -> bool:
    """Say whether a living process holds the exclusive lock of a file; an absent file is not locked."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def start_lock(layout: Layout) -> Iterator[None]:
    """Keep every other process of this data directory from starting, joining, leaving or stopping meanwhile."""
    deadline = time.monotonic() + START_LOCK_PATIENCE_SECONDS
    while (descriptor := try_lock(layout.start_lock)) is None:
        if time.monotonic() > deadline:
            raise Unavailable(
                Bilingual(
                    "另一个进程一直在启动或停止内嵌数据库。",
                    "Another process keeps starting or stopping the embedded database.",
                ),
                rule="embedded.busy",
            )
        time.sleep(PAUSE_SECONDS)
    try:
        yield
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Share:
    """One living share of the server: a locked file named after its process."""

    path: Path
    descriptor: int

    @classmethod
    def take(cls, layout: Layout) -> "Share":
        """Register the calling process; to be called under the start lock."""
        path = layout.holders / f"{os.getpid()}-{secrets.token_hex(4)}"
        descriptor = os.open(path, OPEN_FLAGS | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return cls(path, descriptor)

    def drop(self) -> None:
        """Give the share up."""
        self.path.unlink(missing_ok=True)
        os.close(self.descriptor)


def living_holders(layout: Layout) -> tuple[int, ...]:
    """Give the process ids that hold a share, ascending, one for each share."""
    return tuple(sorted(int(path.name.split("-")[0]) for path in layout.holders.iterdir() if is_locked(path)))


def sweep_dead_holders(layout: Layout) -> None:
    """Remove the files of ended processes; to be called under the start lock, where nobody is half registered."""
    for path in layout.holders.iterdir():
        if not is_locked(path):
            path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class KeeperRecord:
    """What the living keeper says of itself."""

    pid: int
    socket_dir: Path


def find_keeper(layout: Layout) -> KeeperRecord | None:
    """Give the living keeper's record, None where no keeper lives (and so no server runs)."""
    if not is_locked(layout.keeper_record):
        return None
    try:
        record = json.loads(layout.keeper_record.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return KeeperRecord(record["pid"], Path(record["socket_dir"]))


def write_keeper_record(descriptor: int, record: KeeperRecord) -> None:
    """Write the record into the keeper's locked file."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps({"pid": record.pid, "socket_dir": str(record.socket_dir)}).encode(), 0)
