"""Dense ranks by score among rated institutions: nation, region (province) and kind."""

from bisect import bisect_left
from collections.abc import Mapping
from operator import neg

import numpy as np

from scoring.comparison import grouping_of
from scoring.division import MOST, Whole, compiled
from scoring.inputs import Bools, Grouping, Indexes, Ints, Population
from scoring.outcome import Ranks
from scoring.sharing import side_by_side, threads_for
from scoring.vocabulary import KIND, NATION, PROVINCE

# Scores are whole numbers in a narrow range: marking those that occur is cheaper than sorting them, within this memory.
MOST_COUNTED = 2**20
COUNTED_PER_ROW = 16
FEW_AMONG = 64
"""Looking one score up by halving costs as much as making an array of so many."""

Standings = dict[str, Ints]
"""The distinct scores of each group, falling."""


def find_ranks(
    population: Population, score: Ints, rated: Bools, frozen: Mapping[str, tuple[int, ...]] | None
) -> tuple[Ranks, Standings]:
    """Ranks in the three scopes: against frozen standings where given, else among the population, whose it tells."""

    def stand(level: str) -> tuple[Indexes, Standings]:
        grouping = grouping_of(population, level)
        member = rated & (grouping.index >= 0)
        if frozen is not None:
            return _place(level, grouping, score, member, frozen), {}
        return _rank(level, grouping, score, member)

    found = side_by_side(stand, (NATION, PROVINCE, KIND), threads_for(population.n))
    standings = {group: scores for _, among in found for group, scores in among.items()}
    return Ranks(*(ranks for ranks, _ in found)), standings


def _rank(level: str, grouping: Grouping, score: Ints, member: Bools) -> tuple[Indexes, Standings]:
    low, best = reach(score, member)
    if low > best:
        return np.zeros(score.shape[0], dtype=np.int32), {}
    width = int(best) - int(low) + 1
    if len(grouping.codes) * width > MOST_COUNTED + COUNTED_PER_ROW * score.size:
        ranks, falling, ends = _sorted(grouping, score, member)
    else:
        marks = np.zeros((len(grouping.codes), width), dtype=np.int32)
        mark(score, grouping.index, member, best, marks)
        falling, ends = count_up(marks, best, score.size)
        ranks = look_up(score, grouping.index, member, best, marks)
    among = zip(grouping.codes, np.split(falling, ends)[:-1], strict=True)
    return ranks, {f"{level}:{code}": scores for code, scores in among if scores.size}


def _sorted(grouping: Grouping, score: Ints, member: Bools) -> tuple[Indexes, Ints, Ints]:
    """Ranks, and the distinct scores group by group, falling, with where each group ends."""
    ranks, rows = np.zeros(score.shape[0], dtype=np.int32), np.flatnonzero(member)
    rows = rows[np.lexsort((-score[rows], grouping.index[rows]))]
    groups, falling = grouping.index[rows], score[rows]
    new = np.concatenate([[True], (groups[1:] != groups[:-1]) | (falling[1:] != falling[:-1])])
    ends = np.searchsorted(groups[new], np.arange(len(grouping.codes)), side="right")
    starts = np.concatenate([[0], ends])
    ranks[rows] = np.cumsum(new) - starts[groups]
    return ranks, falling[new], ends


@compiled
def reach(score: Ints, member: Bools) -> tuple[Whole, Whole]:
    """The lowest and the highest score of members; the lowest is above the highest where there are none."""
    low, high = np.int64(MOST), np.int64(-MOST)
    for row in range(score.shape[0]):
        low = min(low, score[row] if member[row] else low)
        high = max(high, score[row] if member[row] else high)
    return low, high


@compiled
def mark(score: Ints, groups: Indexes, member: Bools, best: Whole, marks: Indexes) -> None:
    """Marks int32[group, points below the best] with 1 where a member stands."""
    for row in range(score.shape[0]):
        if member[row]:
            marks[groups[row], best - score[row]] = 1


@compiled
def count_up(marks: Indexes, best: Whole, most: int) -> tuple[Ints, Ints]:
    """Turns marks into ranks; the scores marked, at most so many, group by group, falling, and where groups end."""
    falling, ends = np.empty(most + 1, dtype=np.int64), np.empty(marks.shape[0], dtype=np.int64)
    found = 0
    for group in range(marks.shape[0]):
        start = found
        for below in range(marks.shape[1]):
            falling[found] = best - below
            found += marks[group, below]
            marks[group, below] = found - start
        ends[group] = found
    return falling[:found], ends


@compiled
def look_up(score: Ints, groups: Indexes, member: Bools, best: Whole, marks: Indexes) -> Indexes:
    """The rank that stands where each member does; 0 of others."""
    ranks = np.zeros(score.shape[0], dtype=np.int32)
    for row in range(score.shape[0]):
        if member[row]:
            ranks[row] = marks[groups[row], best - score[row]]
    return ranks


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
