"""Staff counts of every institution on the as-of day: the loops over employments and certificates."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.division import compiled
from scoring.inputs import Bools, Indexes, Ints

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

# What a post is on the day, as bits. By the first six a person is counted once per institution; the coefficient of the
# skill stands above the others.
ON_POST, COUNTED, AS_SENIOR, AS_SOCIAL_WORKER, AS_NURSE, HAS_LEFT, IS_CERTIFIED, HAS_FIRST_AID, IN_DEMENTIA, EXPIRES = (
    1 << bit for bit in range(10)
)
SKILL_BIT = 10
ONCE_BITS = 6
ONCE = (1 << ONCE_BITS) - 1
MOST_INSTITUTIONS = (1 << 31 - ONCE_BITS) - 2

# Levels beside the ladder: what an employer appoints, and a certificate that names no level.
APPRENTICE = 1
HIGHEST_LEVEL = 8
WITHOUT_LEVEL = 9


class Posts(NamedTuple):
    """Employments ordered by institution; `role` holds the bits of the occupation, the rest is as in the roster.

    A `standing` of length 0 says that no double post was resolved.
    """

    offsets: Ints
    person: Indexes
    role: Bytes
    fte: NDArray[np.int16]
    started: Indexes
    ended: Indexes
    appointed: Bytes
    standing: Bytes
    recorded: Indexes


class Papers(NamedTuple):
    """Certificates: the person's index (beyond those of `Held`: no post), what they are, and their days.

    `worth` int8[kind, occupation, level, 2]: the bits, and the level that counts; an index of -1 is its last line.
    """

    person: Indexes
    kind: Bytes
    occupation: NDArray[np.int16]
    level: Bytes
    valid_from: Indexes
    valid_to: Indexes
    expires: Indexes
    worth: Bytes


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
    """What posts are described by; `first` per person is the row that `find_first_posts` found."""

    posts: Posts
    held: Held
    setting: Setting
    first: Indexes


@compiled
def qualify(papers: Papers, day: int, held: Held) -> None:
    """Gathers per person what the certificates valid on the day say; unions and maxima, so that no order matters."""
    person, kind, occupation, level, valid_from, valid_to, expires, worth = papers
    held_bits, held_level, lasts = held
    for row in range(person.shape[0]):
        who, bits = person[row], worth[kind[row], occupation[row], level[row], 0]
        if 0 <= who < held_bits.shape[0] and bits != 0 and valid_from[row] <= day < valid_to[row]:
            held_bits[who] |= bits
            held_level[who] = max(held_level[who], worth[kind[row], occupation[row], level[row], 1])
            if bits & CERTIFIED:
                lasts[who] = max(lasts[who], min(expires[row], valid_to[row]))


@compiled
def comes_first(posts: Posts, row: int, other: int) -> bool:
    """Which of two full-time posts of a person counts: resolved, else started earlier, else recorded earlier."""
    if posts.standing.shape[0] and posts.standing[row] != posts.standing[other]:
        return bool(posts.standing[row] > posts.standing[other])
    if posts.started[row] != posts.started[other]:
        return bool(posts.started[row] < posts.started[other])
    return bool(posts.recorded[row] < posts.recorded[other])


@compiled
def find_first_posts(posts: Posts, full_time: int, day: int, first: Indexes) -> None:
    """Per person the row of the full-time post on the day that comes first, -1 for none; ties: first institution."""
    person, started, ended, fte, standing = posts.person, posts.started, posts.ended, posts.fte, posts.standing
    for row in range(person.shape[0]):
        if started[row] <= day < ended[row] and fte[row] >= full_time:
            if standing.shape[0] and standing[row] < 0:
                continue
            best = first[person[row]]
            if best < 0 or comes_first(posts, row, best):
                first[person[row]] = row


@compiled
def counts_at(standing: int, competes: bool, first: int, begin: int, end: int) -> bool:
    """Whether a post adds to numerators: not resolved against, and not the later of two full-time posts.

    `competes` says that it is full-time, `first` is the row that comes first; rows `begin` … `end` are here.
    """
    if standing != 0:
        return standing > 0
    return not competes or first < 0 or begin <= first < end


@compiled
def counting_posts(work: Work, institution: int) -> Bools:
    """Which posts of an institution add to numerators, in their order."""
    posts, first = work.posts, work.first
    begin, end = posts.offsets[institution], posts.offsets[institution + 1]
    counts = np.zeros(end - begin, dtype=np.bool_)
    for row in range(begin, end):
        standing = posts.standing[row] if posts.standing.shape[0] else 0
        competes = posts.fte[row] >= work.setting.full_time
        counts[row - begin] = counts_at(standing, competes, first[posts.person[row]], begin, end)
    return counts


@compiled
def skill_of(appointed: int, certified: bool, level: int) -> int:
    """The index of the level coefficient; an appointed level needs a certificate, but an apprentice needs none."""
    skill = level if certified else 0
    if certified or appointed == APPRENTICE:
        skill = max(skill, appointed)
    return WITHOUT_LEVEL if certified and skill == 0 else skill


@compiled
def carer_of(bits: int, skill: int, senior_from: int, expires: bool) -> int:
    """What a carer's post that counts is, by the person's certificates and skill."""
    what = ON_POST | COUNTED | skill << SKILL_BIT
    if bits & CERTIFIED:
        what |= IS_CERTIFIED | EXPIRES * expires
    if senior_from <= skill <= HIGHEST_LEVEL:
        what |= AS_SENIOR
    return what | HAS_FIRST_AID * (bits & FIRST_AID != 0) | IN_DEMENTIA * (bits & DEMENTIA != 0)


@compiled
def other_of(role: int, bits: int, social: int, nursing: int) -> int:
    """Whether a post that counts is a social worker's or nurse's with the certificate that the policy demands."""
    what = 0
    if role & SOCIAL_WORKER and (social == 0 or bits & social):
        what |= AS_SOCIAL_WORKER
    if role & NURSE and (nursing == 0 or bits & nursing):
        what |= AS_NURSE
    return what


# Arrays are taken out of their tuples before a loop: in it each taking would count references, which costs more than
# the work itself.
@compiled
def describe_posts(work: Work, institutions: Ints, facts: NDArray[np.int16]) -> None:
    """Fills what every post of the given institutions is on the day, int16 per row."""
    setting, first, lasts = work.setting, work.first, work.held.lasts
    offsets, person, role, fte = work.posts.offsets, work.posts.person, work.posts.role, work.posts.fte
    started, ended, appointed, standing = (
        work.posts.started,
        work.posts.ended,
        work.posts.appointed,
        work.posts.standing,
    )
    held_bits, held_level = work.held.bits, work.held.level
    for place in range(institutions.shape[0]):
        begin, end = offsets[institutions[place]], offsets[institutions[place] + 1]
        for row in range(begin, end):
            who, what = person[row], 0
            if role[row] != 0 and started[row] <= setting.day < ended[row]:
                resolved = standing[row] if standing.shape[0] else 0
                what = ON_POST if role[row] & CARER else 0
                if counts_at(resolved, fte[row] >= setting.full_time, first[who], begin, end):
                    bits = held_bits[who]
                    if role[row] & CARER:
                        skill = skill_of(appointed[row], bits & CERTIFIED != 0, held_level[who])
                        what = carer_of(bits, skill, setting.senior_from, lasts[who] <= setting.soon)
                    what |= other_of(role[row], bits, setting.social_bits, setting.nurse_bits)
            elif role[row] & CARER and setting.year_ago < ended[row] <= setting.day:
                what = HAS_LEFT
            facts[row] = what
