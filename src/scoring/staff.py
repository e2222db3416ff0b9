"""Staff counts of every institution on the as-of day: the loops over employments and certificates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.inputs import Indexes, Ints
from scoring.kernels import compiled

Bytes = NDArray[np.int8]

# What a person's valid certificates say, as bits.
CERTIFIED = 1
FIRST_AID = 2
DEMENTIA = 4
SOCIAL = 8
NURSING = 16

# What an occupation is, as bits.
CARER = 1
SOCIAL_WORKER = 2
NURSE = 4

# Columns of the staff table.
(
    CARER_HEADS,
    CARER_FTE,
    COUNTED_FTE,
    CERTIFIED_HEADS,
    CERTIFIED_FTE,
    SKILL_FTE,
    SENIOR_HEADS,
    SENIOR_FTE,
    FIRST_AID_HEADS,
    FIRST_AID_FTE,
    DEMENTIA_FTE,
    SOCIAL_HEADS,
    SOCIAL_FTE,
    NURSE_HEADS,
    NURSE_FTE,
    LEAVERS,
    EXPIRING_HEADS,
) = range(17)
COLUMNS = 17


@dataclass(frozen=True, slots=True, eq=False)
class Qualifications:
    """Per person index: `bits` of valid certificates, the highest `level` (0 none), and the day certification `lasts` to."""

    bits: Bytes
    level: Bytes
    lasts: Indexes


@compiled
def qualify(
    person: Indexes,
    bits: Bytes,
    level: Bytes,
    valid_from: Indexes,
    valid_to: Indexes,
    expires: Indexes,
    day: int,
    of_bits: Bytes,
    of_level: Bytes,
    of_lasts: Indexes,
) -> None:
    """Gathers per person what the certificates valid on the day say; maxima and unions, so that no order matters."""
    for row in range(person.shape[0]):
        who = person[row]
        if who >= 0 and bits[row] != 0 and valid_from[row] <= day < valid_to[row]:
            of_bits[who] |= bits[row]
            of_level[who] = max(of_level[who], level[row])
            if bits[row] & 1:
                of_lasts[who] = max(of_lasts[who], min(expires[row], valid_to[row]))


@compiled
def first_posts(
    offsets: Ints,
    person: Indexes,
    fte: NDArray[np.int16],
    started: Indexes,
    ended: Indexes,
    standing: Bytes,
    recorded: Ints,
    full_time: int,
    day: int,
    first: Indexes,
) -> None:
    """Per person the row of the earliest full-time post on the day, -1 for none; a resolved one comes before all others.

    Earlier is: started earlier, then recorded earlier, then the institution that comes first.
    """
    for institution in range(offsets.shape[0] - 1):
        for row in range(offsets[institution], offsets[institution + 1]):
            if started[row] <= day < ended[row] and fte[row] >= full_time and standing[row] >= 0:
                best = first[person[row]]
                if best < 0:
                    first[person[row]] = row
                    continue
                if standing[row] != standing[best]:
                    earlier = standing[row] > standing[best]
                elif started[row] != started[best]:
                    earlier = started[row] < started[best]
                else:
                    earlier = recorded[row] < recorded[best]
                if earlier:
                    first[person[row]] = row


@compiled
def count_staff(
    offsets: Ints,
    person: Indexes,
    role: Bytes,
    fte: NDArray[np.int16],
    started: Indexes,
    ended: Indexes,
    appointed: Bytes,
    standing: Bytes,
    first: Indexes,
    full_time: int,
    bits: Bytes,
    level: Bytes,
    lasts: Indexes,
    coefficients: Ints,
    senior_from: int,
    social_bits: int,
    nurse_bits: int,
    day: int,
    year_ago: int,
    soon: int,
    table: Ints,
) -> None:
    """Fills int64[n, COLUMNS]: heads once a person, full-time equivalents in thousandths, skill in thousandths × 10**-4.

    `role` holds the bits of the row's occupation. Heads are told apart by stamps per person: the row's institution + 1.
    """
    people = bits.shape[0]
    stamps = np.zeros((people, 6), dtype=np.int32)
    for institution in range(offsets.shape[0] - 1):
        mark = np.int32(institution + 1)
        begin, end = offsets[institution], offsets[institution + 1]
        for row in range(begin, end):
            if role[row] == 0 or not (started[row] <= day < ended[row]):
                continue
            who = person[row]
            counts = standing[row] >= 0
            best = first[who]
            if counts and standing[row] == 0 and fte[row] >= full_time and best >= 0:
                counts = begin <= best < end
            if role[row] & 1:
                table[institution, 1] += fte[row]
                if stamps[who, 0] != mark:
                    stamps[who, 0] = mark
                    table[institution, 0] += 1
                if counts:
                    certified = bits[who] & 1
                    skill = np.int64(level[who]) if certified else np.int64(0)
                    if appointed[row] == 1 or certified:
                        skill = max(skill, np.int64(appointed[row]))
                    if certified and skill == 0:
                        skill = np.int64(9)
                    table[institution, 2] += fte[row]
                    table[institution, 5] += fte[row] * coefficients[skill]
                    senior = senior_from <= skill <= 8
                    fresh = stamps[who, 1] != mark
                    stamps[who, 1] = mark
                    if certified:
                        table[institution, 3] += fresh
                        table[institution, 4] += fte[row]
                        table[institution, 16] += fresh and lasts[who] <= soon
                    if senior:
                        table[institution, 7] += fte[row]
                        if stamps[who, 2] != mark:
                            stamps[who, 2] = mark
                            table[institution, 6] += 1
                    if bits[who] & 2:
                        table[institution, 8] += fresh
                        table[institution, 9] += fte[row]
                    if bits[who] & 4:
                        table[institution, 10] += fte[row]
            if role[row] & 2 and counts and (social_bits == 0 or bits[who] & social_bits):
                table[institution, 12] += fte[row]
                if stamps[who, 3] != mark:
                    stamps[who, 3] = mark
                    table[institution, 11] += 1
            if role[row] & 4 and counts and (nurse_bits == 0 or bits[who] & nurse_bits):
                table[institution, 14] += fte[row]
                if stamps[who, 4] != mark:
                    stamps[who, 4] = mark
                    table[institution, 13] += 1
        for row in range(begin, end):
            who = person[row]
            left = role[row] & 1 and year_ago < ended[row] <= day
            if left and stamps[who, 0] != mark and stamps[who, 5] != mark:
                stamps[who, 5] = mark
                table[institution, 15] += 1
