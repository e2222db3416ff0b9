"""The handle: one process's share of the embedded server."""

import contextlib
import errno
import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from registry.db.embedded.account import get_caller, get_server_account, run_as
from registry.db.embedded.binaries import get_binaries, get_server_binaries
from registry.db.embedded.cluster import ensure_cluster
from registry.db.embedded.keeper import start_keeper
from registry.db.embedded.layout import ADMIN_ROLE, DATABASE, PORT, Layout, disk_faults_told, disk_full, prepare
from registry.db.embedded.locks import Share, find_keeper, is_locked, living_holders, start_lock, sweep_dead_holders
from registry.db.embedded.sockets import make_socket_directory
from registry.domain.errors import Bilingual, RegisterError, Unavailable

READY_PATIENCE_SECONDS = 600.0  # crash recovery of a large log is slow but sure
STOP_PATIENCE_SECONDS = 150.0
PAUSE_SECONDS = 0.03
TAIL_LINES = 12
_WAITING_ROOM = "the database system is not yet accepting connections"


@dataclass(slots=True)
class EmbeddedServer:
    """One share of a data directory's running server; got by `open`, given up by `release` or as a context manager.

    Every process takes its own share, also a forked or spawned worker. A share ends with its process at the latest,
    and the server ends with the last share.
    """

    socket_dir: Path
    _layout: Layout = field(repr=False)
    _share: Share | None = field(repr=False)
    _pid: int = field(default_factory=os.getpid, repr=False)

    @classmethod
    def open(cls, data_dir: Path) -> "EmbeddedServer":
        """Join the running server of the data directory, or make and start one; blocks until it answers.

        Errors: ConfigurationError where the directory or machine must be mended, Unavailable where the server does not
        start (with the end of its log).
        """
        layout = Layout.of(data_dir)
        with disk_faults_told(layout.data_dir):
            prepare(layout)
            with start_lock(layout):
                sweep_dead_holders(layout)
                share = Share.take(layout)
                try:
                    return cls(_find_running(layout) or _start(layout), layout, share)
                except BaseException:
                    share.drop()
                    raise

    def dsn(self, role: str, database: str = DATABASE) -> str:
        """Give the URL by which this operating-system user connects as the role, over the socket, with no password."""
        host = quote(str(self.socket_dir), safe="/")
        return f"postgresql://{quote(role, safe='')}@/{quote(database, safe='')}?host={host}&port={PORT}"

    def release(self) -> None:
        """Give up this share; the last one stops the server cleanly and returns when it has. Again: no effect."""
        share, self._share = self._share, None
        if share is None:
            return
        if os.getpid() != self._pid:
            os.close(share.descriptor)  # a forked copy of the handle: the share is the parent's to give up
            return
        with contextlib.suppress(FileNotFoundError), start_lock(self._layout):
            share.drop()
            if not living_holders(self._layout):
                _stop_keeper(self._layout)

    def __enter__(self) -> "EmbeddedServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What runs on a data directory: the postmaster's process id and the process ids of the shares, ascending."""

    running: bool
    server_pid: int | None = None
    holders: tuple[int, ...] = ()
    socket_dir: Path | None = None


def status(data_dir: Path) -> ServerStatus:
    """Say what runs on the data directory, without starting or making anything."""
    layout = Layout.of(data_dir)
    with disk_faults_told(layout.data_dir):
        keeper = find_keeper(layout)
        if keeper is None:
            return ServerStatus(running=False)
        return ServerStatus(True, _find_server_pid(layout), living_holders(layout), keeper.socket_dir)


def stop(data_dir: Path) -> bool:
    """Stop the server cleanly whoever holds it; True if one ran. Holders lose their connections."""
    layout = Layout.of(data_dir)
    with disk_faults_told(layout.data_dir):
        if not layout.run.is_dir():
            return False
        with start_lock(layout):
            return _stop_keeper(layout)


def _find_running(layout: Layout) -> Path | None:
    keeper = find_keeper(layout)
    if keeper is not None and _becomes_ready(layout, keeper.socket_dir):
        return keeper.socket_dir
    return None


def _start(layout: Layout) -> Path:
    account = get_server_account(layout)
    binaries = get_server_binaries(account)
    ensure_cluster(layout, binaries, account)
    start_keeper(layout, binaries.program("postgres"), make_socket_directory(layout, account))
    socket_dir = _find_running(layout)
    if socket_dir is None:
        raise _start_failure(layout)
    return socket_dir


def _becomes_ready(layout: Layout, socket_dir: Path) -> bool:
    """Wait until the server takes connections; False when its keeper ended first or patience is spent."""
    place = ["-h", str(socket_dir), "-p", str(PORT), "-U", ADMIN_ROLE, "-d", DATABASE]
    question = [get_binaries().program("pg_isready"), "-q", *place]
    deadline = time.monotonic() + READY_PATIENCE_SECONDS
    while is_locked(layout.keeper_record) and time.monotonic() < deadline:
        if run_as(get_caller(), question)[0] == 0:
            return True
        time.sleep(PAUSE_SECONDS)
    return False


def _stop_keeper(layout: Layout) -> bool:
    """Ask the keeper to stop its server and wait until both have ended; under the start lock."""
    keeper = find_keeper(layout)
    if keeper is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(keeper.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_PATIENCE_SECONDS
    while is_locked(layout.keeper_record):
        if time.monotonic() > deadline:
            raise Unavailable(
                Bilingual("内嵌数据库未能停止。", "The embedded database does not stop."), rule="embedded.stop-failed"
            )
        time.sleep(PAUSE_SECONDS)
    return True


def _find_server_pid(layout: Layout) -> int | None:
    try:
        return int((layout.cluster / "postmaster.pid").read_text("utf-8", errors="replace").splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None


def _start_failure(layout: Layout) -> RegisterError:
    logs = sorted(layout.log_dir.glob("*.log"), key=lambda path: path.stat().st_mtime)
    tail = "\n".join(line for path in (*logs[-1:], layout.startup_log) for line in _tail(path))
    if os.strerror(errno.ENOSPC) in tail:
        return disk_full(layout.cluster)
    return Unavailable(
        Bilingual(
            f"内嵌数据库未能启动。日志末尾:\n{tail}",
            f"The embedded database did not start. The end of its log:\n{tail}",
        ),
        rule="embedded.start-failed",
    )


def _tail(path: Path) -> list[str]:
    lines = path.read_text("utf-8", errors="replace").splitlines()
    return [line for line in lines if _WAITING_ROOM not in line][-TAIL_LINES:]
