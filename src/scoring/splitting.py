"""Contributions: each score split over what it came from by largest remainder, exactly.

Arrays are taken out of their tuple once and never sliced: each taking counts references, which costs more than a row.
"""

from typing import NamedTuple

import numpy as np

from scoring.division import compiled
from scoring.inputs import Bools, Ints
from scoring.kernels import Giving
from scoring.sharing import shards_of, side_by_side, threads_for


class Parts(NamedTuple):
    """What makes domains: `points` int64[n, m] that are `counted`, times `coefficients` int64[d, m].

    The indicators of a domain are `columns[starts[domain]:starts[domain + 1]]`, ascending.
    """

    points: Ints
    counted: Bools
    coefficients: Ints
    starts: Ints
    columns: Ints

    @classmethod
    def of(cls, points: Ints, counted: Bools, coefficients: Ints, members: Bools) -> "Parts":
        """The same with `members` bool[d, m]."""
        starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(members.sum(axis=1), dtype=np.int64)])
        return cls(points, counted, coefficients, starts, np.nonzero(members)[1].astype(np.int64))


@compiled
def apportion(total: int, sizes: Ints, count: int, rests: Ints, shares: Ints) -> None:
    """Splits a total over the first `count` sizes in proportion by largest remainder, exactly, into `shares`.

    Ties go to the earlier. Where the sizes do not sum above 0 the total is spread evenly. total × size stays below
    2**62; `rests` is room to work in.
    """
    whole, left = np.int64(0), total
    for place in range(count):
        whole += sizes[place]
    for place in range(count):
        product = total * (sizes[place] if whole > 0 else 1)
        shares[place] = product // (whole if whole > 0 else count)
        rests[place] = product - shares[place] * (whole if whole > 0 else count)
        left -= shares[place]
    for _ in range(left):
        best = 0
        for place in range(1, count):
            if rests[place] > rests[best]:
                best = place
        shares[best] += 1
        rests[best] = -1


@compiled
def split_shard(score: Ints, giving: Giving, parts: Parts, shard: tuple[int, int], given: Ints) -> None:
    """Splits the scores of a shard, from one row up to another, into int64[n, m] that starts at 0."""
    points, counted, coefficients, starts, columns = parts
    raw, there, factors = giving.raw, giving.there, giving.factors
    width = max(raw.shape[1], points.shape[1])
    domains, inside = np.zeros(width, np.int64), np.zeros(width, np.int64)
    sizes, rests = np.zeros(width, np.int64), np.zeros(width, np.int64)
    over, shares = np.zeros(width, np.int64), np.zeros(width, np.int64)
    for row in range(shard[0], shard[1]):
        several = 0
        for domain in range(raw.shape[1] if score[row] != 0 else 0):
            part = raw[row, domain] * factors[domain] * there[row, domain]
            if part != 0:
                domains[several], sizes[several] = domain, part
                several += 1
        apportion(score[row], sizes, several, rests, over)
        for at in range(several):
            domain, count = domains[at], 0
            begin, end = starts[domain], starts[domain + 1]
            for member in range(begin, end):
                column = columns[member]
                inside[count], sizes[count] = column, points[row, column] * coefficients[domain, column]
                count += counted[row, column]
            if count == 1:
                given[row, inside[0]] += over[at]
            elif over[at] != 0:
                # Where nothing of a domain counts, its share is spread evenly over all of it.
                for place in range(end - begin if count == 0 else 0):
                    inside[place], sizes[place] = columns[begin + place], 0
                count = count if count else end - begin
                apportion(over[at], sizes, count, rests, shares)
                for place in range(count):
                    given[row, inside[place]] += shares[place]


def contributions(score: Ints, giving: Giving, parts: Parts, threads: int | None = None) -> Ints:
    """Splits each score over the domains that give something, and each share over its indicators.

    int64[n, m] in Fortran order, whatever the number of threads.
    """
    rows = score.shape[0]
    given = np.zeros((parts.points.shape[1], rows), dtype=np.int64).T
    threads = threads or threads_for(rows)
    shards = shards_of(rows, threads)
    side_by_side(lambda shard: split_shard(score, giving, parts, shard, given), shards, threads)
    return given
