"""Described posts added up to the staff table: one pass over rows ordered by institution, a thread a shard."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.division import compiled
from scoring.inputs import Indexes, Ints
from scoring.sharing import shards_of, side_by_side, threads_for
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

# What a post adds is looked up by its first ten bits as words of lanes, so that one addition adds to many counts: heads
# in lanes of 9 bits, full-time equivalents (15 bits each) in lanes of 21. A block of rows cannot fill a lane.
PATTERNS = 1 << SKILL_BIT
BLOCK = 63
HEAD_BITS, FTE_BITS = 9, 21
HEADS = (
    (CARER_HEADS, ON_POST),
    (CERTIFIED_HEADS, IS_CERTIFIED),
    (SENIOR_HEADS, AS_SENIOR),
    (FIRST_AID_HEADS, HAS_FIRST_AID),
    (SOCIAL_HEADS, AS_SOCIAL_WORKER),
    (NURSE_HEADS, AS_NURSE),
    (EXPIRING_HEADS, EXPIRES),
)
FULL_TIME_EQUIVALENTS = (
    (CARER_FTE, ON_POST),
    (COUNTED_FTE, COUNTED),
    (CERTIFIED_FTE, IS_CERTIFIED),
    (SENIOR_FTE, AS_SENIOR),
    (FIRST_AID_FTE, HAS_FIRST_AID),
    (DEMENTIA_FTE, IN_DEMENTIA),
    (SOCIAL_FTE, AS_SOCIAL_WORKER),
    (NURSE_FTE, AS_NURSE),
)
LANES = 3
WORDS = -(-len(FULL_TIME_EQUIVALENTS) // LANES)
OF_COUNTED = IS_CERTIFIED | HAS_FIRST_AID | EXPIRES
"""What a person is counted by once per institution with the first post that counts."""


def _lanes(bits: Sequence[int], width: int) -> Ints:
    """Per pattern of a post a 1 in the lane of every bit that it has."""
    patterns = np.arange(PATTERNS, dtype=np.int64)
    lanes = [(patterns & bit != 0).astype(np.int64) << width * place for place, bit in enumerate(bits)]
    summed: Ints = np.sum(lanes, axis=0, dtype=np.int64)
    return summed


def _words() -> Ints:
    """int64[PATTERNS, WORDS + 1]: the lanes of full-time equivalents, then those of heads."""
    bits = [bit for _, bit in FULL_TIME_EQUIVALENTS]
    fte = [_lanes(bits[at : at + LANES], FTE_BITS) for at in range(0, len(bits), LANES)]
    return np.ascontiguousarray(np.stack([*fte, _lanes([bit for _, bit in HEADS], HEAD_BITS)], axis=1))


ADDED = _words()
HEAD_COLUMNS = np.array([column for column, _ in HEADS])
FTE_COLUMNS = np.array([column for column, _ in FULL_TIME_EQUIVALENTS])


class Rows(NamedTuple):
    """Described posts ordered by institution: what their counts are added up from."""

    offsets: Ints
    person: Indexes
    fte: NDArray[np.int16]
    facts: NDArray[np.int16]
    coefficients: Ints


@compiled
def count_leavers(person: Indexes, facts: NDArray[np.int16], stamps: Indexes, block: tuple[int, int], mark: int) -> int:
    """Carers among an institution's rows whose last post here ended within the year, once the others are stamped."""
    left = 0
    for row in range(block[0], block[1]):
        if facts[row] & HAS_LEFT:
            stamp = stamps[person[row]]
            seen = stamp & ONCE if stamp >> ONCE_BITS == mark else 0
            left += seen & (ON_POST | HAS_LEFT) == 0
            stamps[person[row]] = mark << ONCE_BITS | seen | HAS_LEFT
    return left


@compiled
def add_lanes(words: tuple[np.int64, np.int64, np.int64, np.int64], table: Ints, place: int) -> None:
    """Adds every lane of the words to its column."""
    heads, first, second, third = words
    for lane in range(HEAD_COLUMNS.shape[0]):
        table[place, HEAD_COLUMNS[lane]] += heads >> HEAD_BITS * lane & (1 << HEAD_BITS) - 1
    for lane in range(LANES):
        table[place, FTE_COLUMNS[lane]] += first >> FTE_BITS * lane & (1 << FTE_BITS) - 1
        table[place, FTE_COLUMNS[LANES + lane]] += second >> FTE_BITS * lane & (1 << FTE_BITS) - 1
    for lane in range(FTE_COLUMNS.shape[0] - 2 * LANES):
        table[place, FTE_COLUMNS[2 * LANES + lane]] += third >> FTE_BITS * lane & (1 << FTE_BITS) - 1


# Arrays are taken out of their tuple once and never sliced: each taking counts references, which costs more than a row.
@compiled
def add_up(rows: Rows, institutions: Ints, shard: tuple[int, int], stamps: Indexes, table: Ints) -> None:
    """Adds to the lines of a shard, from one up to another, of int64[n, COLUMNS]: heads once a person, fte in 10**-3.

    Skill is in 10**-7; `stamps` int32 per person and `table` start at 0.
    """
    offsets, person, fte, facts, coefficients = rows
    for place in range(shard[0], shard[1]):
        mark, anybody = institutions[place] + 1, np.int64(0)
        begin, end = offsets[mark - 1], offsets[mark]
        for at in range(begin, end, BLOCK):
            heads = first = second = third = skill = np.int64(0)
            for row in range(at, min(at + BLOCK, end)):
                what, part, stamp = np.int64(facts[row]), np.int64(fte[row]), np.int64(stamps[person[row]])
                seen = (stamp & ONCE) * (stamp >> ONCE_BITS == mark)
                stamps[person[row]] = mark << ONCE_BITS | seen | what & ONCE & ~HAS_LEFT
                anybody |= what
                pattern = what & PATTERNS - 1
                first += part * ADDED[pattern, 0]
                second += part * ADDED[pattern, 1]
                third += part * ADDED[pattern, 2]
                skill += part * (what & COUNTED) * coefficients[what >> SKILL_BIT]
                heads += ADDED[pattern & ~(seen | OF_COUNTED * (seen // COUNTED & 1)), WORDS]
            table[place, SKILL_FTE] += skill // COUNTED
            add_lanes((heads, first, second, third), table, place)
        if anybody & HAS_LEFT:
            table[place, LEAVERS] = count_leavers(person, facts, stamps, (begin, end), mark)


def count_rows(rows: Rows, institutions: Ints, people: int, threads: int | None = None) -> Ints:
    """Counts of the given institutions, int64[n, COLUMNS] in Fortran order, whatever the number of threads.

    Who is counted at an institution depends on its rows alone, so each thread has stamps of its own.
    """
    found = institutions.shape[0]
    table = np.zeros((COLUMNS, found), dtype=np.int64).T
    threads = threads or threads_for(found)

    def count(shard: tuple[int, int]) -> None:
        add_up(rows, institutions, shard, np.zeros(people, dtype=np.int32), table)

    side_by_side(count, shards_of(found, threads), threads)
    return table
