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

# Bits of a person's stamp, by which one person is counted once per institution; above them stands the institution.
ON_POST, COUNTED, AS_SENIOR, AS_SOCIAL_WORKER, AS_NURSE, HAS_LEFT = (1 << bit for bit in range(6))
STAMP_BITS = 6
MOST_INSTITUTIONS = (1 << 31 - STAMP_BITS) - 2

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
    """What the count needs; `first` per person is the row that `find_first_posts` found, `stamps` who was seen."""

    posts: Posts
    held: Held
    setting: Setting
    first: Indexes
    stamps: Indexes


@compiled
def qualify(papers: Papers, day: int, held: Held) -> None:
    """Gathers per person what the certificates valid on the day say; unions and maxima, so that no order matters."""
    people = held.bits.shape[0]
    for row in range(papers.person.shape[0]):
        who = papers.person[row]
        worth = papers.worth[papers.kind[row], papers.occupation[row], papers.level[row]]
        bits = worth[0]
        if 0 <= who < people and bits != 0 and papers.valid_from[row] <= day < papers.valid_to[row]:
            held.bits[who] |= bits
            held.level[who] = max(held.level[who], worth[1])
            if bits & CERTIFIED:
                held.lasts[who] = max(held.lasts[who], min(papers.expires[row], papers.valid_to[row]))


@compiled
def on_post(posts: Posts, row: int, day: int) -> bool:
    """Whether the employment covers the day."""
    return bool(posts.started[row] <= day < posts.ended[row])


@compiled
def standing_of(posts: Posts, row: int) -> int:
    """What was resolved about a post: 1 counts, -1 does not, 0 nothing."""
    return int(posts.standing[row]) if posts.standing.shape[0] else 0


@compiled
def comes_first(posts: Posts, row: int, other: int) -> bool:
    """Which of two full-time posts of a person counts: resolved, else started earlier, else recorded earlier."""
    if standing_of(posts, row) != standing_of(posts, other):
        return standing_of(posts, row) > standing_of(posts, other)
    if posts.started[row] != posts.started[other]:
        return bool(posts.started[row] < posts.started[other])
    return bool(posts.recorded[row] < posts.recorded[other])


@compiled
def find_first_posts(posts: Posts, full_time: int, day: int, first: Indexes) -> None:
    """Per person the row of the full-time post on the day that comes first, -1 for none; ties: first institution."""
    for row in range(posts.person.shape[0]):
        if on_post(posts, row, day) and posts.fte[row] >= full_time and standing_of(posts, row) >= 0:
            best = first[posts.person[row]]
            if best < 0 or comes_first(posts, row, best):
                first[posts.person[row]] = row


@compiled
def is_new(stamps: Indexes, who: int, slot: int, institution: int) -> int:
    """1 the first time a person is seen in a slot at the institution, 0 after."""
    seen = stamps[who]
    if seen >> STAMP_BITS != institution + 1:
        seen = (institution + 1) << STAMP_BITS
    if seen & slot:
        return 0
    stamps[who] = seen | slot
    return 1


@compiled
def was_seen(stamps: Indexes, who: int, slot: int, institution: int) -> bool:
    """Whether a person has been seen in a slot at the institution."""
    return bool(stamps[who] >> STAMP_BITS == institution + 1 and stamps[who] & slot)


@compiled
def counts_here(work: Work, row: int, institution: int) -> bool:
    """Whether the post adds to numerators: not resolved against, and not the later of two full-time posts."""
    posts = work.posts
    best = work.first[posts.person[row]]
    if standing_of(posts, row) != 0:
        return standing_of(posts, row) > 0
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
        if posts.role[row] & CARER and recent and not was_seen(work.stamps, who, ON_POST, institution):
            left += is_new(work.stamps, who, HAS_LEFT, institution)
    return left


@compiled
def count_staff(work: Work, institutions: Ints, table: Ints) -> None:
    """Fills int64[n, COLUMNS] for the given institutions: heads once a person, fte in thousandths, skill in 10**-7."""
    posts, line = work.posts, np.zeros(COLUMNS, dtype=np.int64)
    for place in range(institutions.shape[0]):
        institution = institutions[place]
        line[:] = 0
        for row in range(posts.offsets[institution], posts.offsets[institution + 1]):
            if posts.role[row] != 0 and on_post(posts, row, work.setting.day):
                add_post(work, row, institution, line)
        line[LEAVERS] = count_leavers(work, institution)
        table[place] = line
