"""Processes that outlived a killed server, and the files it could not remove."""

import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

PROCESSES = Path("/proc")
POSTMASTER_PATIENCE_SECONDS = 60.0
BACKEND_PATIENCE_SECONDS = 10.0


def clear_leftovers(cluster: Path, cluster_name: str, uid: int) -> None:
    """End what is left of an earlier server of this cluster, so that a new one can recover; for the keeper alone.

    A postmaster is asked to stop cleanly; its children without it serve nobody and hold shared memory, so are killed.
    """
    _end(postmasters(cluster_name, uid), signal.SIGINT, POSTMASTER_PATIENCE_SECONDS)
    _end(processes(cluster_name, uid), signal.SIGKILL, BACKEND_PATIENCE_SECONDS)
    _remove_stale_pid_file(cluster)


def postmasters(cluster_name: str, uid: int) -> list[int]:
    """Give the process ids of this cluster's postmaster."""
    argument = f"cluster_name={cluster_name}".encode()
    return [pid for pid, command in _commands(uid) if argument in command.split(b"\0")]


def processes(cluster_name: str, uid: int) -> list[int]:
    """Give the process ids of this cluster's postmaster and of all that it started."""
    title = f"postgres: {cluster_name}: ".encode()
    titled = [pid for pid, command in _commands(uid) if command.startswith(title)]
    return [*postmasters(cluster_name, uid), *titled]


def _commands(uid: int) -> Iterable[tuple[int, bytes]]:
    """Every process of the account with its command line; nothing where the system has no /proc."""
    if not (PROCESSES / "self" / "cmdline").exists():
        return
    for entry in PROCESSES.iterdir():
        if entry.name.isdigit():
            try:
                if entry.stat().st_uid == uid:
                    yield int(entry.name), (entry / "cmdline").read_bytes()
            except OSError:
                continue


def _end(pids: list[int], how: signal.Signals, patience_seconds: float) -> None:
    for pid in pids:
        _send(pid, how)
    deadline = time.monotonic() + patience_seconds
    while any(_is_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)


def _send(pid: int, how: signal.Signals) -> None:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return


def _is_alive(pid: int) -> bool:
    try:
        state = (PROCESSES / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()[0]
    except OSError:
        return False
    return state != b"Z"


def _remove_stale_pid_file(cluster: Path) -> None:
    """Remove postmaster.pid where its number is nobody's or another program's, which PostgreSQL cannot tell."""
    path = cluster / "postmaster.pid"
    try:
        pid = int(path.read_text("utf-8", errors="replace").splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    if (PROCESSES / "self" / "comm").exists() and _program(pid) != "postgres":
        path.unlink(missing_ok=True)


def _program(pid: int) -> str | None:
    try:
        return (PROCESSES / str(pid) / "comm").read_text().strip()
    except OSError:
        return None
