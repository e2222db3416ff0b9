"""The stages of preparing a register: how long each took, how much it moved, how much memory it needed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from common.measure import peak_memory, seconds_since


@dataclass(slots=True)
class Stage:
    """One stage; `peak_bytes` is the resident memory of this process at its highest, `rows` what it read or wrote."""

    name: str
    seconds: float = 0.0
    rows: int = 0
    peak_bytes: int = 0


@dataclass(slots=True)
class Stages:
    """The stages so far, in their order."""

    tell: Callable[[str], None]
    done: list[Stage] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Time a block, which may note its rows."""
        self.tell(name)
        stage = Stage(name)
        with peak_memory() as memory, seconds_since() as clock:
            yield stage
        stage.seconds, stage.peak_bytes = clock.seconds, memory.peak
        self.done.append(stage)
