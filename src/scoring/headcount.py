"""Described posts added up to the staff table: one pass over rows ordered by institution, a thread a shard."""

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.inputs import Indexes, Ints
from scoring.kernels import compiled
from scoring.staff import (
    AS_NURSE,
    AS_SENIOR,
    AS_SOCIAL_WORKER,
    CARER_FTE,
    CARER_HEADS,
    CERTIFIED_FTE,
    CERTIFIED_HEADS,
    COLUMNS,
    COUNTED,
    COUNTED_FTE,
    DEMENTIA_FTE,
    EXPIRES,
    EXPIRING_HEADS,
    FIRST_AID_FTE,
    FIRST_AID_HEADS,
    HAS_FIRST_AID,
    HAS_LEFT,
    IN_DEMENTIA,
    IS_CERTIFIED,
    LEAVERS,
    NURSE_FTE,
    NURSE_HEADS,
    ON_POST,
    ONCE,
    ONCE_BITS,
    SENIOR_FTE,
    SENIOR_HEADS,
    SKILL_BIT,
    SKILL_FTE,
    SOCIAL_FTE,
    SOCIAL_HEADS,
)


class Rows(NamedTuple):
    """Described posts ordered by institution: what their counts are added up from."""

    offsets: Ints
    person: Indexes
    fte: NDArray[np.int16]
    facts: NDArray[np.int16]
    coefficients: Ints


@compiled
def count_leavers(person: Indexes, facts: NDArray[np.int16], stamps: Indexes, institution: int) -> int:
    """Carers of an institution's rows whose last post here ended within the year, once the others are stamped."""
    left = 0
    for row in range(person.shape[0]):
        if facts[row] & HAS_LEFT:
            stamp = stamps[person[row]]
            seen = stamp & ONCE if stamp >> ONCE_BITS == institution + 1 else 0
            left += seen & (ON_POST | HAS_LEFT) == 0
            stamps[person[row]] = (institution + 1) << ONCE_BITS | seen | HAS_LEFT
    return left


@compiled
def add_post(line: Ints, what: int, fresh: int, fte: int, coefficient: int) -> None:
    """Adds one post to every count it bears on; `fresh` are the bits by which the person was not counted here yet."""
    line[CARER_HEADS] += fresh & ON_POST
    line[CARER_FTE] += fte * (what & ON_POST)
    if what & COUNTED:
        new = (fresh & COUNTED) // COUNTED
        line[COUNTED_FTE] += fte
        line[SKILL_FTE] += fte * coefficient
        line[CERTIFIED_HEADS] += new * (what & IS_CERTIFIED != 0)
        line[CERTIFIED_FTE] += fte * (what & IS_CERTIFIED != 0)
        line[EXPIRING_HEADS] += new * (what & EXPIRES != 0)
        line[SENIOR_HEADS] += fresh & AS_SENIOR != 0
        line[SENIOR_FTE] += fte * (what & AS_SENIOR != 0)
        line[FIRST_AID_HEADS] += new * (what & HAS_FIRST_AID != 0)
        line[FIRST_AID_FTE] += fte * (what & HAS_FIRST_AID != 0)
        line[DEMENTIA_FTE] += fte * (what & IN_DEMENTIA != 0)
    line[SOCIAL_HEADS] += fresh & AS_SOCIAL_WORKER != 0
    line[SOCIAL_FTE] += fte * (what & AS_SOCIAL_WORKER != 0)
    line[NURSE_HEADS] += fresh & AS_NURSE != 0
    line[NURSE_FTE] += fte * (what & AS_NURSE != 0)


@compiled
def add_up(rows: Rows, institutions: Ints, shard: tuple[int, int], stamps: Indexes, table: Ints) -> None:
    """Fills the lines of a shard, from one up to another, of int64[n, COLUMNS]: heads once a person, fte in 10**-3,
    skill in 10**-7. `stamps` int32 per person starts at 0.
    """
    offsets, person, fte, facts, coefficients = rows
    line = np.zeros(COLUMNS, dtype=np.int64)
    for place in range(shard[0], shard[1]):
        institution, leaves = institutions[place], 0
        line[:] = 0
        for row in range(offsets[institution], offsets[institution + 1]):
            what, stamp = facts[row], stamps[person[row]]
            leaves |= what & HAS_LEFT
            if what & (ONCE ^ HAS_LEFT):
                seen = stamp & ONCE if stamp >> ONCE_BITS == institution + 1 else 0
                stamps[person[row]] = (institution + 1) << ONCE_BITS | seen | what & ONCE
                add_post(line, what, what & ONCE & ~seen, int(fte[row]), coefficients[what >> SKILL_BIT])
        if leaves:
            first, last = offsets[institution], offsets[institution + 1]
            line[LEAVERS] = count_leavers(person[first:last], facts[first:last], stamps, institution)
        table[place] = line


MOST_THREADS = 4
LEAST_SHARD = 20_000
"""Institutions for which a thread of its own pays."""


def count_rows(rows: Rows, institutions: Ints, people: int, threads: int | None = None) -> Ints:
    """Counts of the given institutions, int64[n, COLUMNS] in Fortran order, whatever the number of threads.

    Who is counted at an institution depends on its rows alone, so each thread has stamps of its own.
    """
    found = institutions.shape[0]
    table = np.zeros((COLUMNS, found), dtype=np.int64).T
    most = min(threads or os.cpu_count() or 1, MOST_THREADS)
    shards = max(1, min(most, found if threads else found // LEAST_SHARD))
    bounds = [found * shard // shards for shard in range(shards + 1)]

    def count(shard: tuple[int, int]) -> None:
        add_up(rows, institutions, shard, np.zeros(people, dtype=np.int32), table)

    if shards == 1:
        count((0, found))
        return table
    with ThreadPoolExecutor(shards) as pool:
        list(pool.map(count, itertools.pairwise(bounds)))
    return table
