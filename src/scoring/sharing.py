"""Work whose parts do not depend on each other, a thread a part: compiled loops and NumPy let others run meanwhile."""

import itertools
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")

MOST_THREADS = 4
LEAST_SHARD = 20_000
"""Institutions for which a thread of its own pays."""


def threads_for(rows: int) -> int:
    """Number of threads that pay for so many rows, at least 1."""
    shards = min(MOST_THREADS, rows // LEAST_SHARD)
    return min(shards, os.cpu_count() or 1) if shards > 1 else 1


def shards_of(rows: int, shards: int) -> list[tuple[int, int]]:
    """Rows in so many shards of about one size: from one up to another."""
    return list(itertools.pairwise(rows * shard // shards for shard in range(shards + 1)))


def side_by_side(work: Callable[[Part], Result], parts: Iterable[Part], threads: int) -> list[Result]:
    """What the work gives for each part, in their order; in the thread of the caller where one thread is all."""
    if threads == 1:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, parts))
