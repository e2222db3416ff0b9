"""Certificates of the people of one block."""

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from registry.domain.certificates import CertificateKind, CertificateStatus
from registry.domain.workforce import SkillLevel
from registry.synthetic.days import NEVER, later, years_of
from registry.synthetic.draws import Bools, Draws, Floats, Ints
from registry.synthetic.evaluators import ACCREDITED_FROM, EVALUATORS_PER_PROVINCE, Evaluators, province_ranks
from registry.synthetic.places import profile_column
from registry.synthetic.scene import Scene
from registry.synthetic.staff import CARER, DOCTOR, HEALTH_CARE_WORKER, NURSE, SOCIAL_WORKER, People, Posts

KINDS = tuple(CertificateKind)[:8]
SKILL, OLD, X, FIRST_AID, SOCIAL_WORK, LICENCE, TITLE, DEMENTIA = range(8)
LEVELS = tuple(SkillLevel)
LEVEL_WEIGHTS = (0.0, 0.525, 0.27, 0.145, 0.045, 0.013, 0.002, 0.0)
SPECIAL_GRADE = LEVELS.index(SkillLevel.SPECIAL_GRADE_TECHNICIAN)
NO_LEVEL = -1
STATUSES = tuple(CertificateStatus)
VALID, SUSPENDED, REVOKED = range(3)
STATUS_WEIGHTS = (0.994, 0.003, 0.003)
CARER_KIND_WEIGHTS = (0.89, 0.07, 0.04)
EXPIRING_SHARE = 0.4
LAPSED_SHARE = 0.03
SKILL_YEARS = 5
YEARS_OF_KIND = {FIRST_AID: 3, LICENCE: 5}
OLDEST_OLD_HOLDER_BORN = 6_940
"""1 January 1989: old qualifications ended in 2016, so that a younger person holds none here."""

OLD_FROM, OLD_TO = 13_149, 17_166
"""1 January 2006 and 31 December 2016."""


@dataclass(slots=True)
class Certificates:
    """Parallel columns of certificates; `evaluator` -1 where another authority issued, `planted` as in Posts."""

    person: Ints
    kind: Ints
    occupation: Ints
    level: Ints
    evaluator: Ints
    issued: Ints
    expires: Ints
    status: Ints
    status_from: Ints
    planted: Ints
    numbers: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.person.shape[0])

    def take(self, rows: Ints) -> "Certificates":
        """The certificates of some rows, in their order and not yet numbered."""
        names = [column.name for column in fields(self) if column.name != "numbers"]
        return Certificates(**{name: getattr(self, name)[rows] for name in names})


def draw_skill(scene: Scene, posts: Posts, people: People) -> Certificates:
    """One certificate of skill for each certified carer: the regional ratio, moved by the institution."""
    draws, as_of = scene.draws, scene.as_of
    holders = np.nonzero(_certified(draws, posts, people))[0]
    count = holders.shape[0]
    kind = draws.pick(CARER_KIND_WEIGHTS, count)
    kind = np.where((kind == OLD) & (people.born[holders] > OLDEST_OLD_HOLDER_BORN), SKILL, kind)
    level = draws.pick(LEVEL_WEIGHTS, count)
    level = np.where((level == SPECIAL_GRADE) & (kind != SKILL), 1, level)
    issued, expires = _validity(draws, kind, as_of)
    status = np.where(kind == SKILL, draws.pick(STATUS_WEIGHTS, count), VALID)
    status_from = draws.between(issued + 10, as_of - 3, count)
    return Certificates(
        person=holders,
        kind=kind,
        occupation=posts.occupation[people.post[holders]],
        level=level,
        evaluator=np.where(kind == SKILL, _issuers(scene, people.works_in[holders], issued), -1),
        issued=issued,
        expires=expires,
        status=status,
        status_from=np.where(status == VALID, NEVER, np.minimum(status_from, as_of - 1)),
        planted=np.full(count, -1),
    )


def _certified(draws: Draws, posts: Posts, people: People) -> Bools:
    institutions = posts.institution[people.post]
    own: Floats = 0.86 + 0.28 * draws.uniform(int(posts.institution.max()) + 1)
    share = np.minimum(profile_column(people.works_in, "certified") * own[institutions], 0.99)
    occupation = posts.occupation[people.post]
    carer = (occupation == CARER) | (occupation == HEALTH_CARE_WORKER)
    certified: Bools = carer & draws.chance(share, people.count)
    return certified


def _validity(draws: Draws, kind: Ints, as_of: int) -> tuple[Ints, Ints]:
    """Issue and expiry: four in ten skill certificates expire after five years, 3 % of them have."""
    count = kind.shape[0]
    expiring = (kind == SKILL) & draws.chance(EXPIRING_SHARE, count)
    lapsed = expiring & draws.chance(LAPSED_SHARE, count)
    oldest = np.where(lapsed, as_of - 6 * 366, np.where(expiring, as_of - 5 * 365 + 5, as_of - 7 * 365))
    newest = np.where(lapsed, as_of - 5 * 366, as_of - 10)
    issued = draws.between(np.maximum(oldest, ACCREDITED_FROM), np.maximum(newest, ACCREDITED_FROM), count)
    issued = np.where(kind == OLD, draws.between(OLD_FROM, OLD_TO, count), issued)
    return issued, np.where(expiring, later(issued, SKILL_YEARS), NEVER)


def _issuers(scene: Scene, provinces: Ints, issued: Ints) -> Ints:
    """An evaluation organisation of the province that was accredited on the day of issue."""
    own = scene.draws.between(0, EVALUATORS_PER_PROVINCE - 1, provinces.shape[0])
    rows = province_ranks(provinces) * EVALUATORS_PER_PROVINCE + own
    withdrawn = scene.evaluators.withdrawn[rows]
    return np.where((withdrawn != NEVER) & (issued >= withdrawn), rows + 1, rows)


def draw_others(scene: Scene, posts: Posts, people: People, skill: Certificates) -> Certificates:
    """First-aid and dementia certificates of certified carers; licences and qualifications of other occupations."""
    draws, occupation = scene.draws, posts.occupation[people.post]
    first_aid = draws.chance(profile_column(people.works_in[skill.person], "first_aid"), skill.count)
    dementia = draws.chance(0.06, skill.count)
    social = (occupation == SOCIAL_WORKER) & draws.chance(0.85, people.count)
    groups = (
        (FIRST_AID, skill.person[first_aid]),
        (DEMENTIA, skill.person[dementia]),
        (SOCIAL_WORK, np.nonzero(social)[0]),
        (LICENCE, np.nonzero(occupation == NURSE)[0]),
        (TITLE, np.nonzero(occupation == DOCTOR)[0]),
    )
    return join([_plain(draws, kind, holders, occupation[holders], scene.as_of) for kind, holders in groups])


def _plain(draws: Draws, kind: int, holders: Ints, occupation: Ints, as_of: int) -> Certificates:
    count, years = holders.shape[0], YEARS_OF_KIND.get(kind, 0)
    issued = draws.between(as_of - (years or 9) * 365 + 20, as_of - 10, count)
    empty = np.full(count, -1)
    return Certificates(
        person=holders,
        kind=np.full(count, kind),
        occupation=occupation,
        level=np.full(count, NO_LEVEL),
        evaluator=empty,
        issued=issued,
        expires=later(issued, years) if years else np.full(count, NEVER),
        status=np.full(count, VALID),
        status_from=np.full(count, NEVER),
        planted=empty,
    )


def join(blocks: list[Certificates]) -> Certificates:
    """All certificates of several blocks, one block after the other and not yet numbered."""
    names = [column.name for column in fields(Certificates) if column.name != "numbers"]
    joined: list[Any] = [np.concatenate([getattr(block, name) for block in blocks]) for name in names]
    return Certificates(*joined)


def number_certificates(found: Certificates, people: People, evaluators: Evaluators, first_index: int) -> None:
    """Gives every certificate its number: by its issuer where one evaluates skill, else by a running index."""
    digits = np.where(found.level == SPECIAL_GRADE, 0, 6 - found.level)
    years = years_of(found.issued)
    skill = np.nonzero(found.kind == SKILL)[0]
    by_issuer = evaluators.number(found.evaluator[skill], years[skill], digits[skill])
    numbers = _running_numbers(found.kind, people.works_in[found.person], years, first_index)
    for row, number in zip(skill.tolist(), by_issuer, strict=True):
        numbers[row] = number if number[15] != "0" else f"TJ{number[1:15]}{number[16:]}"
    found.numbers = numbers


def _running_numbers(kinds: Ints, provinces: Ints, years: Ints, first_index: int) -> list[str]:
    forms = {
        OLD: lambda province, year, index: f"{year % 100:02d}{province}{index:012d}",
        X: lambda province, year, index: f"X{province}{year}{index:010d}",
        FIRST_AID: lambda province, year, index: f"HSZ{province}{year}{index:010d}",
        SOCIAL_WORK: lambda province, year, index: f"{year}{province}SW{index:010d}",
        LICENCE: lambda province, year, index: f"{year}{province}{index:012d}",
        TITLE: lambda province, year, index: f"ZC{province}{year}{index:010d}",
        DEMENTIA: lambda province, year, index: f"SZ{province}{year}{index:010d}",
    }
    rows = zip(kinds.tolist(), provinces.tolist(), years.tolist(), strict=True)
    return [
        forms[kind](province, year, index) if kind != SKILL else ""
        for index, (kind, province, year) in enumerate(rows, first_index)
    ]
