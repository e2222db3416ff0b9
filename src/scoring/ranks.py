"""Dense ranks by score among rated institutions: nation, region (province) and kind."""

from bisect import bisect_left
from collections.abc import Mapping
from operator import neg

import numpy as np

from scoring.comparison import grouping_of
from scoring.inputs import Bools, Grouping, Indexes, Ints, Population
from scoring.outcome import Ranks
from scoring.sharing import side_by_side, threads_for
from scoring.vocabulary import KIND, NATION, PROVINCE

# Scores are whole numbers in a narrow range: marking those that occur is cheaper than sorting them, within this memory.
MOST_COUNTED = 2**20
COUNTED_PER_ROW = 16
FEW_AMONG = 64
"""Looking one score up by halving costs as much as making an array of so many."""

Standings = dict[str, tuple[int, ...]]


def find_ranks(
    population: Population, score: Ints, rated: Bools, frozen: Mapping[str, tuple[int, ...]] | None
) -> tuple[Ranks, Standings]:
    """Ranks in the three scopes: against frozen standings where given, else among the population itself."""

    def stand(level: str) -> tuple[Indexes, Standings]:
        grouping = grouping_of(population, level)
        member = rated & (grouping.index >= 0)
        if frozen is not None:
            return _place(level, grouping, score, member, frozen), {}
        return _rank(level, grouping, score, member)

    found = side_by_side(stand, (NATION, PROVINCE, KIND), threads_for(population.n))
    standings = {group: scores for _, among in found for group, scores in among.items()}
    return Ranks(*(ranks for ranks, _ in found)), standings if frozen is None else dict(frozen)


def _rank(level: str, grouping: Grouping, score: Ints, member: Bools) -> tuple[Indexes, Standings]:
    ranks = np.zeros(score.shape[0], dtype=np.int32)
    rows = np.flatnonzero(member)
    if rows.size == 0:
        return ranks, {}
    own = score[rows]
    best = int(own.max())
    width = best - int(own.min()) + 1
    keys = grouping.index[rows].astype(np.int64) * width + (best - own)
    distinct, place = _distinct(keys, len(grouping.codes) * width)
    groups = distinct // width
    starts = np.searchsorted(groups, np.arange(len(grouping.codes) + 1))
    ranks[rows] = (place - starts[groups[place]] + 1).astype(np.int32)
    scores = best - distinct % width
    by_code = {
        f"{level}:{code}": tuple(scores[starts[at] : starts[at + 1]].tolist())
        for at, code in enumerate(grouping.codes)
        if starts[at] < starts[at + 1]
    }
    return ranks, by_code


def _distinct(keys: Ints, size: int) -> tuple[Ints, Ints]:
    """The distinct keys of 0 … size - 1, ascending, and each key's place among them: counted where room allows."""
    if size > MOST_COUNTED + COUNTED_PER_ROW * keys.size:
        return np.unique(keys, return_inverse=True)
    there = np.zeros(size, dtype=np.bool_)
    there[keys] = True
    return np.flatnonzero(there), np.cumsum(there, dtype=np.int32)[keys].astype(np.int64) - 1


def _place(
    level: str, grouping: Grouping, score: Ints, member: Bools, frozen: Mapping[str, tuple[int, ...]]
) -> Indexes:
    """Where a score would stand: one more than the distinct scores above it."""
    ranks = np.zeros(score.shape[0], dtype=np.int32)
    for at in np.unique(grouping.index[member]).tolist():
        rows = np.flatnonzero(member & (grouping.index == at))
        falling = frozen.get(f"{level}:{grouping.codes[at]}", ())
        ranks[rows] = _above(falling, score[rows]) + 1
    return ranks


def _above(falling: tuple[int, ...], score: Ints) -> Ints:
    """How many of the falling scores lie above each score; of a few rows without making an array of all of them."""
    if score.size * FEW_AMONG < len(falling):
        return np.array([bisect_left(falling, -value, key=neg) for value in score.tolist()], dtype=np.int64)
    return np.searchsorted(-np.array(falling, dtype=np.int64), -score, side="left")
