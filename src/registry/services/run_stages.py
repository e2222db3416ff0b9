"""The stages of a run: how long each takes, and who is told that it begins."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Progress = Callable[[str], None]


@dataclass(slots=True)
class Stages:
    """Durations of the stages so far in milliseconds; an open stage counts with its time until now."""

    progress: Progress
    _finished: dict[str, int] = field(default_factory=dict)
    _open: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the block as one stage."""
        self.progress(name)
        self._open[name] = time.perf_counter()
        yield
        self._finished[name] = self._until_now(self._open.pop(name))

    @property
    def durations_ms(self) -> dict[str, int]:
        """Return every stage's duration."""
        return self._finished | {name: self._until_now(since) for name, since in self._open.items()}

    @staticmethod
    def _until_now(since: float) -> int:
        return round((time.perf_counter() - since) * 1000)
