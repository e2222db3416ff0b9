"""Described posts added up to the staff table: one pass over rows ordered by institution."""

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
def add_up(rows: Rows, institutions: Ints, stamps: Indexes, table: Ints) -> None:
    """Fills int64[n, COLUMNS] for the given institutions: heads once a person, fte in thousandths, skill in 10**-7.

    `stamps` int32 per person starts at 0.
    """
    offsets, person, fte, facts, coefficients = rows
    line = np.zeros(COLUMNS, dtype=np.int64)
    for place in range(institutions.shape[0]):
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
            begin, end = offsets[institution], offsets[institution + 1]
            line[LEAVERS] = count_leavers(person[begin:end], facts[begin:end], stamps, institution)
        table[place] = line
