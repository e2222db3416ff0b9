"""The skills ledgers of one block: training under the real name with its subsidies, and awards for levels obtained."""

from dataclasses import dataclass, fields

import numpy as np

from registry.domain.training import TrainingResult
from registry.synthetic.certification import NO_LEVEL, SKILL, Certificates
from registry.synthetic.days import NEVER
from registry.synthetic.draws import Draws, Ints
from registry.synthetic.evaluators import EVALUATORS_PER_PROVINCE, province_ranks
from registry.synthetic.staff import CARER, People, Posts

RESULTS = tuple(TrainingResult)
UNDER_WAY, PASSED, FAILED, WITHDRAWN = range(4)
LOWEST = 1
PREPARED_SHARE = 0.4
"""Of skill certificates, those whose holder took a registered course for it."""

REFRESHED_SHARE = 0.1
NOVICE_SHARE = 0.2
NOVICE_WEIGHTS = (0.5, 0.0, 0.3, 0.2)
PAID_SHARE = 0.65
HOURS_OF_LEVEL = np.array((0, 80, 100, 120, 140, 160, 160, 0))
SUBSIDY_OF_LEVEL = np.array((0, 1_000, 1_500, 2_000, 3_000, 3_500, 3_500, 0))
"""Yuan, by the place of the level in the ladder."""

AWARD_OF_LEVEL = np.array((0, 500, 1_000, 2_000, 3_000, 5_000, 8_000, 0))
AWARDED_SHARES = np.array((0, 0.05, 0.15, 0.5, 0.6, 0.6, 0.6, 0))


@dataclass(slots=True)
class Training:
    """Parallel columns of training records; `school` is a row of the schools, `paid` NEVER where nothing was paid."""

    person: Ints
    occupation: Ints
    level: Ints
    school: Ints
    started: Ints
    ended: Ints
    hours: Ints
    result: Ints
    subsidy: Ints
    paid: Ints

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.person.shape[0])


@dataclass(slots=True)
class Awards:
    """Parallel columns of awards; `certificate` is a row of the certificates of the block, `place` a row of Places."""

    certificate: Ints
    place: Ints
    amount: Ints
    day: Ints


def draw_training(draws: Draws, posts: Posts, people: People, found: Certificates, as_of: int) -> Training:
    """Courses that led to a certificate, refreshers without a level, and courses of those who have none yet."""
    issued = np.nonzero((found.kind == SKILL) & (found.planted < 0))[0]
    prepared = issued[draws.chance(PREPARED_SHARE, issued.shape[0])]
    refreshed = found.person[issued[draws.chance(REFRESHED_SHARE, issued.shape[0])]]
    occupation = posts.occupation[people.post]
    uncertified = np.setdiff1d(np.nonzero(occupation == CARER)[0], found.person)
    novices = uncertified[draws.chance(NOVICE_SHARE, uncertified.shape[0])]
    return _join(
        [
            _prepared(draws, found, prepared, as_of),
            _refreshed(draws, refreshed, occupation[refreshed], people, as_of),
            _novices(draws, novices, people, as_of),
        ]
    )


def _prepared(draws: Draws, found: Certificates, rows: Ints, as_of: int) -> Training:
    """Passed before the certificate was issued; two in three were subsidised once, after it."""
    count, level = rows.shape[0], found.level[rows]
    ended = found.issued[rows] - draws.between(15, 60, count)
    paid = found.issued[rows] + draws.between(20, 150, count)
    subsidised = draws.chance(PAID_SHARE, count) & (paid <= as_of)
    return Training(
        person=found.person[rows],
        occupation=found.occupation[rows],
        level=level,
        school=found.evaluator[rows],
        started=ended - draws.between(9, 40, count),
        ended=ended,
        hours=HOURS_OF_LEVEL[level],
        result=np.full(count, PASSED),
        subsidy=np.where(subsidised, SUBSIDY_OF_LEVEL[level], 0),
        paid=np.where(subsidised, paid, NEVER),
    )


def _refreshed(draws: Draws, person: Ints, occupation: Ints, people: People, as_of: int) -> Training:
    started = draws.between(as_of - 700, as_of - 30, person.shape[0])
    ended = started + draws.between(1, 4, person.shape[0])
    return _unpaid(draws, (person, occupation), people, (started, ended), (NO_LEVEL, 24, PASSED))


def _novices(draws: Draws, person: Ints, people: People, as_of: int) -> Training:
    """Courses for the lowest level that go on, were failed or given up."""
    count = person.shape[0]
    result = draws.pick(NOVICE_WEIGHTS, count)
    started = np.where(
        result == UNDER_WAY, draws.between(as_of - 20, as_of, count), draws.between(as_of - 500, as_of - 60, count)
    )
    ended = np.where(result == UNDER_WAY, NEVER, started + draws.between(5, 40, count))
    course = (LOWEST, int(HOURS_OF_LEVEL[LOWEST]), result)
    return _unpaid(draws, (person, np.full(count, CARER)), people, (started, ended), course)


def _unpaid(
    draws: Draws, who: tuple[Ints, Ints], people: People, period: tuple[Ints, Ints], course: tuple[int, int, int | Ints]
) -> Training:
    """Courses of persons in their occupations: the period, then level, hours and result; at schools of the province."""
    (person, occupation), (level, hours, result) = who, course
    count = person.shape[0]
    own = draws.between(0, EVALUATORS_PER_PROVINCE - 1, count)
    return Training(
        person=person,
        occupation=occupation,
        level=np.full(count, level),
        school=province_ranks(people.works_in[person]) * EVALUATORS_PER_PROVINCE + own,
        started=period[0],
        ended=period[1],
        hours=np.full(count, hours),
        result=np.broadcast_to(np.asarray(result), (count,)),
        subsidy=np.zeros(count, np.int64),
        paid=np.full(count, NEVER),
    )


def _join(parts: list[Training]) -> Training:
    """All records of several parts, by person and first day."""
    columns = [np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(Training)]
    joined = Training(*columns)
    order = np.lexsort((joined.started, joined.person))
    return Training(*(column[order] for column in columns))


def draw_awards(draws: Draws, found: Certificates, place: Ints, as_of: int) -> Awards:
    """One award at most for a skill certificate, the more often the higher its level; `place` is each holder's."""
    rows = np.nonzero((found.kind == SKILL) & (found.planted < 0))[0]
    rows = rows[draws.chance(AWARDED_SHARES[found.level[rows]], rows.shape[0])]
    day = found.issued[rows] + draws.between(60, 400, rows.shape[0])
    rows, day = rows[day <= as_of], day[day <= as_of]
    return Awards(rows, place[rows], AWARD_OF_LEVEL[found.level[rows]], day)
