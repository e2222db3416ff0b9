"""Staff counts of every institution on the as-of day: the loops over employments and certificates."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.inputs import Bools, Indexes, Ints
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

# Stamps by which one person is counted once per institution.
ON_POST, COUNTED, AS_SENIOR, AS_SOCIAL_WORKER, AS_NURSE, HAS_LEFT = range(6)
STAMPS = 6

# Levels beside the ladder: what an employer appoints, and a certificate that names no level.
APPRENTICE = 1
HIGHEST_LEVEL = 8
WITHOUT_LEVEL = 9


class Posts(NamedTuple):
    """Employments ordered by institution; `role` holds the bits of the occupation, the rest is as in the roster."""

    offsets: Ints
    person: Indexes
    role: Bytes
    fte: NDArray[np.int16]
    started: Indexes
    ended: Indexes
    appointed: Bytes
    standing: Bytes
    recorded: Ints


class Papers(NamedTuple):
    """Certificates: the person's index (-1: no post), the bits and level they are worth, and their days."""

    person: Indexes
    bits: Bytes
    level: Bytes
    valid_from: Indexes
    valid_to: Indexes
    expires: Indexes


class Held(NamedTuple):
    """Per person index: bits of valid certificates, the highest level (0 none), the day certification lasts to."""

    bits: Bytes
    level: Bytes
    lasts: Indexes


class Setting(NamedTuple):
    """The day, the days counted from it, and the policy's thresholds."""

    day: int
    year_ago: int
    soon: int
    full_time: int
    senior_from: int
    social_bits: int
    nurse_bits: int
    coefficients: Ints


class Work(NamedTuple):
    """What the count needs; `first` per person is the row that `find_first_posts` found, `stamps` who was seen."""

    posts: Posts
    held: Held
    setting: Setting
    first: Indexes
    stamps: Indexes


@compiled
def qualify(papers: Papers, day: int, held: Held) -> None:
    """Gathers per person what the certificates valid on the day say; unions and maxima, so that no order matters."""
    for row in range(papers.person.shape[0]):
        who, bits = papers.person[row], papers.bits[row]
        if who >= 0 and bits != 0 and papers.valid_from[row] <= day < papers.valid_to[row]:
            held.bits[who] |= bits
            held.level[who] = max(held.level[who], papers.level[row])
            if bits & CERTIFIED:
                held.lasts[who] = max(held.lasts[who], min(papers.expires[row], papers.valid_to[row]))


@compiled
def on_post(posts: Posts, row: int, day: int) -> bool:
    """Whether the employment covers the day."""
    return bool(posts.started[row] <= day < posts.ended[row])


@compiled
def comes_first(posts: Posts, row: int, other: int) -> bool:
    """Which of two full-time posts of a person counts: resolved, else started earlier, else recorded earlier."""
    if posts.standing[row] != posts.standing[other]:
        return bool(posts.standing[row] > posts.standing[other])
    if posts.started[row] != posts.started[other]:
        return bool(posts.started[row] < posts.started[other])
    return bool(posts.recorded[row] < posts.recorded[other])


@compiled
def find_first_posts(posts: Posts, full_time: int, day: int, first: Indexes) -> None:
    """Per person the row of the full-time post on the day that comes first, -1 for none; ties: first institution."""
    for row in range(posts.person.shape[0]):
        if on_post(posts, row, day) and posts.fte[row] >= full_time and posts.standing[row] >= 0:
            best = first[posts.person[row]]
            if best < 0 or comes_first(posts, row, best):
                first[posts.person[row]] = row


@compiled
def is_new(stamps: Indexes, who: int, slot: int, institution: int) -> int:
    """1 the first time a person is seen in a slot at the institution, 0 after."""
    if stamps[who, slot] == institution + 1:
        return 0
    stamps[who, slot] = institution + 1
    return 1


@compiled
def counts_here(work: Work, row: int, institution: int) -> bool:
    """Whether the post adds to numerators: not resolved against, and not the later of two full-time posts."""
    posts = work.posts
    best = work.first[posts.person[row]]
    if posts.standing[row] != 0:
        return bool(posts.standing[row] > 0)
    if posts.fte[row] < work.setting.full_time or best < 0:
        return True
    return bool(posts.offsets[institution] <= best < posts.offsets[institution + 1])


@compiled
def counting_posts(work: Work, institution: int) -> Bools:
    """Which posts of an institution add to numerators, in their order."""
    first, last = work.posts.offsets[institution], work.posts.offsets[institution + 1]
    counts = np.zeros(last - first, dtype=np.bool_)
    for row in range(first, last):
        counts[row - first] = counts_here(work, row, institution)
    return counts


@compiled
def skill_of(appointed: int, certified: bool, level: int) -> int:
    """The index of the level coefficient; an appointed level needs a certificate, but an apprentice needs none."""
    skill = level if certified else 0
    if certified or appointed == APPRENTICE:
        skill = max(skill, appointed)
    return WITHOUT_LEVEL if certified and skill == 0 else skill


@compiled
def add_carer(work: Work, row: int, institution: int, line: Ints) -> None:
    """Adds a carer's post that counts to every numerator it bears on."""
    who, fte = work.posts.person[row], np.int64(work.posts.fte[row])
    bits = work.held.bits[who]
    fresh = is_new(work.stamps, who, COUNTED, institution)
    skill = skill_of(work.posts.appointed[row], bits & CERTIFIED != 0, work.held.level[who])
    line[COUNTED_FTE] += fte
    line[SKILL_FTE] += fte * work.setting.coefficients[skill]
    if bits & CERTIFIED:
        line[CERTIFIED_HEADS] += fresh
        line[CERTIFIED_FTE] += fte
        line[EXPIRING_HEADS] += fresh * (work.held.lasts[who] <= work.setting.soon)
    if work.setting.senior_from <= skill <= HIGHEST_LEVEL:
        line[SENIOR_HEADS] += is_new(work.stamps, who, AS_SENIOR, institution)
        line[SENIOR_FTE] += fte
    if bits & FIRST_AID:
        line[FIRST_AID_HEADS] += fresh
        line[FIRST_AID_FTE] += fte
    if bits & DEMENTIA:
        line[DEMENTIA_FTE] += fte


@compiled
def add_others(work: Work, row: int, institution: int, line: Ints) -> None:
    """Adds a social worker's or nurse's post that counts, where the certificate that the policy demands is held."""
    role, who, fte = work.posts.role[row], work.posts.person[row], np.int64(work.posts.fte[row])
    bits, social, nursing = work.held.bits[who], work.setting.social_bits, work.setting.nurse_bits
    if role & SOCIAL_WORKER and (social == 0 or bits & social):
        line[SOCIAL_HEADS] += is_new(work.stamps, who, AS_SOCIAL_WORKER, institution)
        line[SOCIAL_FTE] += fte
    if role & NURSE and (nursing == 0 or bits & nursing):
        line[NURSE_HEADS] += is_new(work.stamps, who, AS_NURSE, institution)
        line[NURSE_FTE] += fte


@compiled
def add_post(work: Work, row: int, institution: int, line: Ints) -> None:
    """Adds one employment that covers the day: to the head counts always, to the numerators where it counts."""
    posts = work.posts
    counts = counts_here(work, row, institution)
    if posts.role[row] & CARER:
        line[CARER_HEADS] += is_new(work.stamps, posts.person[row], ON_POST, institution)
        line[CARER_FTE] += posts.fte[row]
        if counts:
            add_carer(work, row, institution, line)
    if counts:
        add_others(work, row, institution, line)


@compiled
def count_leavers(work: Work, institution: int) -> int:
    """Carers whose last post here ended after the day a year ago and up to the day."""
    posts, left = work.posts, 0
    for row in range(posts.offsets[institution], posts.offsets[institution + 1]):
        who, ended = posts.person[row], posts.ended[row]
        recent = work.setting.year_ago < ended <= work.setting.day
        if posts.role[row] & CARER and recent and work.stamps[who, ON_POST] != institution + 1:
            left += is_new(work.stamps, who, HAS_LEFT, institution)
    return left


@compiled
def count_staff(work: Work, table: Ints) -> None:
    """Fills int64[n, COLUMNS]: heads once a person, full-time equivalents in thousandths, skill in 10**-7."""
    posts = work.posts
    for institution in range(posts.offsets.shape[0] - 1):
        line = table[institution]
        for row in range(posts.offsets[institution], posts.offsets[institution + 1]):
            if posts.role[row] != 0 and on_post(posts, row, work.setting.day):
                add_post(work, row, institution, line)
        line[LEAVERS] = count_leavers(work, institution)
