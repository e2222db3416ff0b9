"""Paired, interleaved measurement: what is compared runs turn by turn, so that a busy machine slows both."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of a comparison; `run` does the work once and returns its seconds, set-up left out."""

    name: str
    run: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Of paired repetitions: the median ratio, the lowest and the highest."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, ratios: Sequence[float]) -> "Ratio":
        """Summarise."""
        return cls(median(ratios), min(ratios), max(ratios))


Times = Mapping[str, list[float]]


def interleave(arms: Sequence[Arm], repetitions: int) -> Times:
    """Run every arm once a repetition, forwards and backwards in turn; return the seconds by arm."""
    times: dict[str, list[float]] = {arm.name: [] for arm in arms}
    for repetition in range(repetitions):
        for arm in arms if repetition % 2 == 0 else reversed(arms):
            times[arm.name].append(arm.run())
    return times


def paired(above: Sequence[float], below: Sequence[float]) -> Ratio:
    """Return the ratio of two series, repetition by repetition."""
    return Ratio.of([a / b for a, b in zip(above, below, strict=True)])


@dataclass(slots=True)
class Clock:
    """How long a block took."""

    seconds: float = 0.0


@contextmanager
def seconds_since() -> Iterator[Clock]:
    """Time a block."""
    clock, begun = Clock(), time.perf_counter()
    yield clock
    clock.seconds = time.perf_counter() - begun


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long a call takes."""
    with seconds_since() as clock:
        work()
    return clock.seconds


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds, user and system, that a process has used; 0 for one that has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return 0.0
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _CLOCK_TICKS


def children(pid: int) -> list[int]:
    """Return the processes that a process started and that live."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in tasks for child in path.read_text().split()]


def _memory(field: str, process: int | str = "self") -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(field)), 0)


def peak_of(pid: int) -> int:
    """Return the peak of resident bytes of a process that has not been waited for; 0 for one that has ended."""
    return _memory("VmHWM", pid)


def resident_of(pid: int) -> int:
    """Return the resident bytes of a process as they are now; 0 for one that has ended."""
    return _memory("VmRSS", pid)


@dataclass(slots=True)
class Memory:
    """Resident bytes of this process: before a block, and at its peak."""

    before: int = 0
    peak: int = 0

    @property
    def added(self) -> int:
        """How far the peak lies above the start."""
        return self.peak - self.before


@contextmanager
def peak_memory() -> Iterator[Memory]:
    """Measure the peak of resident memory within the block; Linux only."""
    memory = Memory(before=_memory("VmRSS"))
    Path("/proc/self/clear_refs").write_text("5")
    yield memory
    memory.peak = _memory("VmHWM")
