"""The carers of one institution one by one: what each adds to the staff counts, and would add with a certificate.

Counts add up over persons, so that what any number of changes makes of an institution is a sum of such differences.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import staff
from scoring.inputs import Bools, Indexes, Ints
from scoring.policy.workforce import Workforce
from scoring.roster import Roster
from scoring.vocabulary import LEVEL_ORDINAL, OPEN_DAY
from scoring.workforce import count_work, staff_work

JUNIOR = LEVEL_ORDINAL["JUNIOR"]
FULL_TIME = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Team:
    """Staff counts of an institution as they are and what single changes add, int64[…, staff.COLUMNS].

    `now` the counts; `certified` one row per carer without a certificate: what changes when that person holds one of
    the lowest level (初级工); `raised` one row per certified carer below the highest level: what changes one level up.
    Both come in classes within which only the hours differ in effect, greatest effect first. `hired` is what one more
    full-time carer certified at the lowest level adds.
    """

    now: Ints
    certified: tuple[Ints, ...]
    raised: tuple[Ints, ...]
    hired: Ints


def team_of(rules: Workforce, roster: Roster, place: int, day: int) -> Team:
    """The team of the institution at `place` of the roster, on a day (days since 1970-01-01)."""
    people = _People(staff_work(rules, roster, day), place)
    now, skill = people.count(people.bits, people.level), people.skill()
    carers, holders = now[:, staff.COUNTED_FTE] > 0, people.bits & staff.CERTIFIED != 0
    certified = people.count(people.bits | staff.CERTIFIED, np.maximum(people.level, JUNIOR).astype(np.int8)) - now
    raised = people.count(people.bits, (np.maximum(skill, JUNIOR - 1) + 1).astype(np.int8)) - now
    return Team(
        now=now.sum(axis=0),
        certified=_classes(certified, carers & ~holders, np.maximum(skill, JUNIOR)),
        raised=_classes(raised, carers & holders & (skill < staff.HIGHEST_LEVEL), raised[:, staff.SENIOR_FTE] > 0),
        hired=_hired(people.work.setting),
    )


def _classes(changes: Ints, chosen: Bools, kinds: NDArray[Any]) -> tuple[Ints, ...]:
    """The chosen rows by kind, within each by the skill they add, then by the certified hours; greatest first."""
    classes = []
    for kind in np.unique(kinds[chosen]).tolist():
        rows = changes[chosen & (kinds == kind)]
        classes.append(rows[np.lexsort((-rows[:, staff.CERTIFIED_FTE], -rows[:, staff.SKILL_FTE]))])
    return tuple(classes)


class _People:
    """The persons with posts at one institution, each as if an institution of their own."""

    def __init__(self, work: staff.Work, place: int) -> None:
        rows = np.arange(work.posts.offsets[place], work.posts.offsets[place + 1])
        counts = staff.counting_posts(work, place)
        rows, counts = rows[work.posts.role[rows] != 0], counts[work.posts.role[rows] != 0]
        order = np.argsort(work.posts.person[rows], kind="stable")
        self.work, self.rows, self.counts = work, rows[order], counts[order]
        self.persons, first, self.person = np.unique(
            work.posts.person[self.rows], return_index=True, return_inverse=True
        )
        self.offsets = np.append(first, self.rows.shape[0]).astype(np.int64)
        self.bits, self.level = work.held.bits[self.persons], work.held.level[self.persons]

    def count(self, bits: staff.Bytes, level: staff.Bytes) -> Ints:
        """Staff counts of every person as an institution, under the given certificates."""
        posts, rows = self.work.posts, self.rows
        alone = staff.Posts(
            offsets=self.offsets,
            person=self.person.astype(np.int32),
            role=posts.role[rows],
            fte=posts.fte[rows],
            started=posts.started[rows],
            ended=posts.ended[rows],
            appointed=posts.appointed[rows],
            standing=np.where(self.counts, 1, -1).astype(np.int8),
            recorded=posts.recorded[rows],
        )
        newly = (bits & staff.CERTIFIED != 0) & (self.bits & staff.CERTIFIED == 0)
        lasts = np.where(newly, OPEN_DAY, self.work.held.lasts[self.persons]).astype(np.int32)
        return count_work(_work(alone, staff.Held(bits, level, lasts), self.work.setting), np.arange(bits.shape[0]))

    def skill(self) -> Ints:
        """The highest level that counts for each certified person on a post of the day; 0 where it is not named."""
        posts, rows = self.work.posts, self.rows
        standing = (posts.started[rows] <= self.work.setting.day) & (self.work.setting.day < posts.ended[rows])
        appointed = np.zeros(self.persons.shape[0], dtype=np.int64)
        np.maximum.at(appointed, self.person, posts.appointed[rows] * (standing & self.counts))
        highest: Ints = np.maximum(self.level.astype(np.int64), appointed)
        return highest


def _work(posts: staff.Posts, held: staff.Held, setting: staff.Setting) -> staff.Work:
    people = held.bits.shape[0]
    first: Indexes = np.full(people, -1, dtype=np.int32)
    return staff.Work(posts, held, setting, first)


def _hired(setting: staff.Setting) -> Ints:
    """What one more full-time carer adds who holds a certificate of the lowest level."""
    one8, none32 = np.ones(1, dtype=np.int8), np.zeros(1, dtype=np.int32)
    posts = staff.Posts(
        offsets=np.array([0, 1], dtype=np.int64),
        person=none32,
        role=one8 * np.int8(staff.CARER),
        fte=np.array([FULL_TIME], dtype=np.int16),
        started=np.array([setting.day], dtype=np.int32),
        ended=np.array([OPEN_DAY], dtype=np.int32),
        appointed=one8 * np.int8(0),
        standing=one8,
        recorded=none32,
    )
    held = staff.Held(one8 * np.int8(staff.CERTIFIED), one8 * np.int8(JUNIOR), np.array([OPEN_DAY], dtype=np.int32))
    line: Ints = count_work(_work(posts, held, setting), np.zeros(1, dtype=np.int64))[0]
    return line
