"""The keeper: a small process that runs the server for as long as somebody holds a share.

Why a process of its own: no holder can be the server's parent, since any holder may end first or be killed, and only a
third process can stop the server cleanly once all are gone. It also starts the server again when that was killed under
living holders. Should the keeper be killed, the kernel tells the server to stop (Linux), and the next open starts anew.
"""

import contextlib
import ctypes
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from registry.db.embedded.account import Account, get_server_account, plain_environment, reachable
from registry.db.embedded.layout import Layout
from registry.db.embedded.leftovers import clear_leftovers
from registry.db.embedded.locks import PAUSE_SECONDS, KeeperRecord, living_holders, try_lock, write_keeper_record

POLL_SECONDS = 0.5
LOCK_ATTEMPTS = 20
STOP_STEPS = ((signal.SIGINT, 120.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))
PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Keeper:
    """One server under watch."""

    layout: Layout
    postgres: str
    socket_dir: Path
    account: Account
    wakeups: socket.socket
    asked_to_stop: bool = False
    start_lock: int | None = None

    def run(self) -> None:
        """Run the server until it is asked to stop, nobody holds it, or it cannot be started."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        restart = True
        while restart:
            clear_leftovers(self.layout.cluster, self.layout.name, self.account.uid)
            with self._server() as server:
                restart = not self._watch(server) and self._was_serving()
                _shut_down(server)
        with contextlib.suppress(OSError):
            self.socket_dir.rmdir()

    def _ask_to_stop(self, *_: object) -> None:
        self.asked_to_stop = True

    @contextlib.contextmanager
    def _server(self) -> Iterator[subprocess.Popen[bytes]]:
        switch = not self.account.is_caller
        with reachable(self.account, self.layout.cluster, self.socket_dir) as ((cluster, sockets), files):
            yield subprocess.Popen(
                self._command(cluster, sockets),
                stdin=subprocess.DEVNULL,
                cwd="/",
                env=plain_environment(),
                pass_fds=files,
                user=self.account.uid if switch else None,
                group=self.account.gid if switch else None,
                extra_groups=[] if switch else None,
                umask=0o077,
                preexec_fn=_end_with_keeper,  # noqa: PLW1509 - the keeper has one thread
            )

    def _command(self, cluster: str, sockets: str) -> list[str]:
        quoted = '"' + sockets.replace('"', '""') + '"'
        settings = (f"unix_socket_directories={quoted}", f"cluster_name={self.layout.name}")
        return [self.postgres, "-D", cluster, *(part for setting in settings for part in ("-c", setting))]

    def _watch(self, server: subprocess.Popen[bytes]) -> bool:
        """True when the server is to stop, False when it ended by itself."""
        while server.poll() is None:
            if self.asked_to_stop or self._nobody_holds():
                return True
            select.select([self.wakeups], [], [], POLL_SECONDS)
            with contextlib.suppress(BlockingIOError):
                self.wakeups.recv(64)
        return self.asked_to_stop

    def _nobody_holds(self) -> bool:
        """True under the start lock, so that nobody joins a server about to stop; or when the directory is gone."""
        if not self.layout.run.is_dir():
            return True
        if living_holders(self.layout):
            return False
        lock = try_lock(self.layout.start_lock)
        if lock is not None and not living_holders(self.layout):
            self.start_lock = lock
            return True
        if lock is not None:
            os.close(lock)
        return False

    def _was_serving(self) -> bool:
        """Killed while it served: the file that a stopped or failed server removes is still there and says ready."""
        try:
            return (self.layout.cluster / "postmaster.pid").read_text().rstrip().endswith("ready")
        except OSError:
            return False


def _end_with_keeper() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)


def _shut_down(server: subprocess.Popen[bytes]) -> None:
    for how, patience_seconds in STOP_STEPS:
        if server.poll() is None:
            server.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(patience_seconds)


def _signal_wakeups() -> socket.socket:
    """A socket that becomes readable at every signal, SIGCHLD among them."""
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.detach(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return reader


def start_keeper(layout: Layout, postgres: str, socket_dir: Path) -> None:
    """Start a detached keeper; returns once one holds the lock, the server still starting. Under the start lock."""
    with layout.startup_log.open("wb") as log:
        subprocess.run(
            [sys.executable, "-P", "-m", __package__, str(layout.data_dir), postgres, str(socket_dir)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=_keeper_environment(),
            start_new_session=True,
            check=False,
        )


def _keeper_environment() -> dict[str, str]:
    """No more than Python needs to start: the register's secrets stay with the register."""
    kept = {name: value for name, value in os.environ.items() if name == "LD_LIBRARY_PATH"}
    return {**plain_environment(), **kept, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}


def _find_lock(layout: Layout) -> int | None:
    """Take the keeper's lock; tried for a while, since a look at it by another process holds it for an instant.

    Where it stays taken, a killed opener left a keeper about to start, and that one serves.
    """
    for _ in range(LOCK_ATTEMPTS):
        descriptor = try_lock(layout.keeper_record)
        if descriptor is not None:
            return descriptor
        time.sleep(PAUSE_SECONDS)
    return None


def main(arguments: list[str]) -> None:
    """Take the keeper's lock, detach, and run; nothing where a keeper lives already."""
    data_dir, postgres, socket_dir = arguments
    layout = Layout.of(Path(data_dir))
    descriptor = _find_lock(layout)
    if descriptor is None:
        return
    child = os.fork()
    if child:
        write_keeper_record(descriptor, KeeperRecord(child, Path(socket_dir)))
        os._exit(0)
    Keeper(layout, postgres, Path(socket_dir), get_server_account(layout), _signal_wakeups()).run()
