"""Servers of a benchmark: started as processes of their own, and their use of the processor."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from common.measure import children, cpu_seconds, peak_of

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers."""

    name: str
    port: int
    pid: int

    def cpu(self) -> float:
        """CPU seconds used so far."""
        return cpu_seconds(self.pid)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the server does not answer: {log.read_text()[-2000:]}")


@contextmanager
def served(
    name: str, port: int, *command: str, environment: Mapping[str, str], log: Path, program: str = sys.executable
) -> Iterator[Served]:
    """Run `python COMMAND`, or that of another program, beside the benchmarks until the block ends.

    Gives it once its port answers.
    """
    home = Path(__file__).resolve().parents[1]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, *command], cwd=home, env={**os.environ, **environment}, stdout=output, stderr=output
        )
    try:
        _wait_for(port, process, log)
        yield Served(name, port, process.pid)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def backend_cpu(postmaster: int) -> dict[int, float]:
    """Return the CPU seconds of every process of a PostgreSQL server by its id."""
    return {pid: cpu_seconds(pid) for pid in children(postmaster)}


def used_since(postmaster: int, earlier: Mapping[int, float]) -> float:
    """Return the CPU seconds that the processes of a PostgreSQL server used since; those that ended are not counted."""
    return sum(now - earlier.get(pid, 0.0) for pid, now in backend_cpu(postmaster).items())


def peak_bytes(*command: str, environment: Mapping[str, str]) -> int:
    """Run `python COMMAND` to its end in a process of its own; return its peak of resident memory. Linux only."""
    peak, told = 0, {**os.environ, **environment}
    process = subprocess.Popen([sys.executable, *command], env=told, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, peak_of(process.pid))
        time.sleep(0.02)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return peak
