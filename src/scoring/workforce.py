"""Built-in workforce measures: the roster on the as-of day as exact ratios.

How double posts are read (挂证 suspected): a person who holds full-time posts at two or more institutions on the
day is counted as follows until the case is resolved. The earliest post counts in full. A later one stays in the
denominators (heads and full-time equivalents of carers on post) but adds to no numerator: not certified, no skill, no
first aid, no care time, no social worker, no nurse. So nobody can strip a rival by uploading a name, and nobody gains
by borrowing one. A resolution comes as `Employments.standing` on the day.

A person with several part-time posts counts at each: once among the heads of each institution, and with each post's
share in full-time equivalents. Several posts at one institution make one head.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import lcm

import numpy as np
from numpy.typing import NDArray

from scoring import staff
from scoring.exact import NumbersTooLarge
from scoring.headcount import Rows, count_rows
from scoring.inputs import Column, Indexes, Ints
from scoring.policy.measures import FTE, ROSTER, RosterMeasure
from scoring.policy.policy import Policy
from scoring.policy.workforce import COEFFICIENT_DECIMALS, Workforce
from scoring.roster import People, Roster
from scoring.vocabulary import ABILITY_CLASSES

EPOCH = date(1970, 1, 1)
EXPIRING_DAYS = 90
THOUSAND = 1000


def workforce_measures(policy: Policy, roster: Roster, as_of_day: int, rows: Ints | None = None) -> dict[str, Column]:
    """The policy's roster measures by code on a day (days since 1970-01-01); empty where the policy has none.

    `rows` int64 are the institutions asked for, in their order; None asks for all.
    """
    if policy.workforce is None or not policy.needs_roster:
        return {}
    asked = np.arange(roster.n, dtype=np.int64) if rows is None else rows
    # What people hold is let go of before they are counted: both are as large as there are people.
    described = described_posts(staff_work(policy.workforce, roster, as_of_day), asked)
    table = count_rows(described, asked, int(described.person.max(initial=-1)) + 1)
    return measures_of_counts(policy, Counts(table, roster.beds[asked], roster.residents[asked]))


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Staff counts int64[n, staff.COLUMNS] with beds int32[n] and residents int32[n, 4] of the same institutions."""

    table: Ints
    beds: Indexes
    residents: Indexes


def measures_of_counts(policy: Policy, counts: Counts) -> dict[str, Column]:
    """The policy's roster measures by code, from staff counts."""
    rules = policy.workforce
    if rules is None:
        return {}
    return {
        measure.code: _FUNCTIONS[measure.roster.function](Asked(rules, measure.roster, counts))
        for measure in policy.measures
        if measure.source == ROSTER and measure.roster is not None
    }


def count_work(work: staff.Work, institutions: Ints) -> Ints:
    """Heads and full-time equivalents of the given institutions of prepared posts, int64[n, staff.COLUMNS].

    In Fortran order, so that each measure takes its column without copying. Raises NumbersTooLarge beyond 33 million.
    """
    return count_rows(described_posts(work, institutions), institutions, work.held.bits.shape[0])


def described_posts(work: staff.Work, institutions: Ints) -> Rows:
    """What every post of the given institutions is on the day, ready to be counted."""
    if work.posts.offsets.shape[0] - 1 > staff.MOST_INSTITUTIONS:
        raise NumbersTooLarge(f"more than {staff.MOST_INSTITUTIONS:,} institutions")
    posts = work.posts
    facts = np.zeros(posts.person.shape, dtype=np.int16)
    staff.describe_posts(work, institutions, facts)
    return Rows(posts.offsets, posts.person, posts.fte, facts, work.setting.coefficients)


def staff_work(rules: Workforce, roster: Roster, day: int) -> staff.Work:
    """Prepares what the count needs: posts, what people hold on the day, and which full-time post comes first."""
    person, certified = _people(roster.employments.person, roster.certificates.person)
    people = int(person.max(initial=-1)) + 1
    posts = _posts(rules, roster, person)
    first = np.full(people, -1, dtype=np.int32)
    staff.find_first_posts(posts, rules.full_time_from, day, first)
    held = _held(rules, roster, certified, people, day)
    return staff.Work(posts, held, _setting(rules, day), first)


def _posts(rules: Workforce, roster: Roster, person: Indexes) -> staff.Posts:
    given = roster.employments
    return staff.Posts(
        offsets=given.offsets,
        person=person,
        role=_roles(rules, roster),
        fte=given.fte_thousandths,
        started=given.started_day,
        ended=given.ended_day,
        appointed=given.appointed_level,
        standing=np.zeros(0, dtype=np.int8) if given.standing is None else given.standing,
        recorded=_order_of(given.recorded, person.shape[0]),
    )


def _order_of(recorded: People | None, rows: int) -> Indexes:
    """When posts were recorded as int32; only the order matters."""
    if recorded is None:
        return np.zeros(rows, dtype=np.int32)
    if recorded.dtype == np.int32 or rows == 0:
        return recorded.astype(np.int32, copy=False)
    return np.unique(recorded, return_inverse=True)[1].astype(np.int32)


def _setting(rules: Workforce, day: int) -> staff.Setting:
    return staff.Setting(
        day=day,
        year_ago=year_before(day),
        soon=day + EXPIRING_DAYS,
        full_time=rules.full_time_from,
        senior_from=rules.senior_from,
        social_bits=staff.SOCIAL * bool(rules.social_workers.certificates),
        nurse_bits=staff.NURSING * bool(rules.nurses.certificates),
        coefficients=np.array(rules.coefficients, dtype=np.int64),
    )


def year_before(day: int) -> int:
    """The same civil day a year earlier (29 February: the 28th), in days since 1970-01-01."""
    today = EPOCH + timedelta(days=day)
    last = 28 if (today.month, today.day) == (2, 29) else today.day
    return (date(today.year - 1, today.month, last) - EPOCH).days


def _people(posted: People, certified: People) -> tuple[Indexes, Indexes]:
    """Persons of posts as dense indexes; those of certificates numbered alike, one without a post beyond them."""
    if posted.size == 0:
        return posted.astype(np.int32), np.full(certified.shape, -1, dtype=np.int32)
    as_they_are = posted.dtype == certified.dtype == np.int32 and int(posted.min()) >= 0
    if as_they_are and int(posted.max()) < 4 * posted.size + 1024:
        return posted.astype(np.int32, copy=False), certified.astype(np.int32, copy=False)
    known, index = np.unique(posted, return_inverse=True)
    place = np.searchsorted(known, certified)
    found = known[np.minimum(place, known.size - 1)] == certified
    return index.astype(np.int32), np.where(found, place, -1).astype(np.int32)


def _roles(rules: Workforce, roster: Roster) -> NDArray[np.int8]:
    """What the occupation of every post is, as bits."""
    table = np.zeros(len(roster.occupation_codes) + 1, dtype=np.int8)
    groups = ((rules.carers, staff.CARER), (rules.social_workers, staff.SOCIAL_WORKER), (rules.nurses, staff.NURSE))
    for group, bit in groups:
        for place, code in enumerate(roster.occupation_codes):
            table[place] |= bit * (code in group.occupations)
    return table[roster.employments.occupation]


def _held(rules: Workforce, roster: Roster, person: Indexes, people: int, day: int) -> staff.Held:
    rows = roster.certificates
    papers = staff.Papers(
        person=person,
        kind=rows.kind,
        occupation=rows.occupation,
        level=rows.level,
        valid_from=rows.valid_from_day,
        valid_to=rows.valid_to_day,
        expires=rows.expires_day,
        worth=certificate_worth(rules, roster.certificate_kinds, roster.occupation_codes),
    )
    none8, none32 = np.zeros(people, dtype=np.int8), np.zeros(people, dtype=np.int32)
    held = staff.Held(none8, none8.copy(), none32)
    staff.qualify(papers, day, held)
    return held


@lru_cache(maxsize=64)
def certificate_worth(rules: Workforce, kinds: tuple[str, ...], occupations: tuple[str, ...]) -> NDArray[np.int8]:
    """What a certificate is worth by kind, occupation and level, equivalences included: bits, and the level.

    Kept, since one institution's staff is counted many times over while its way up is searched; not to be written to.
    """
    worth = np.zeros((len(kinds) + 1, len(occupations) + 1, 9, 2), dtype=np.int8)
    for k, kind in enumerate(kinds):
        for o, occupation in enumerate((*occupations, "")):
            for level in range(9):
                worth[k, o, level] = _worth(rules, kind, occupation, level)
    worth.setflags(write=False)
    return worth


def _worth(rules: Workforce, kind: str, occupation: str, level: int) -> tuple[int, int]:
    accepted = not rules.certificate_occupations or occupation in rules.certificate_occupations
    certified = kind in rules.carers.certificates and accepted
    worth = level if certified else 0
    for rule in rules.equivalences:
        same = rule.kind == kind and rule.occupation in ("", occupation) and rule.level in (0, level)
        if same and (rule.as_level or level):
            certified, worth = True, max(worth, rule.as_level or level)
    bits = staff.CERTIFIED * certified
    bits |= staff.FIRST_AID * (kind in rules.first_aid) | staff.DEMENTIA * (kind in rules.dementia_care)
    bits |= staff.SOCIAL * (kind in rules.social_workers.certificates)
    return bits | staff.NURSING * (kind in rules.nurses.certificates), worth


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What one measure is worked out from: the policy's rules, the measure's own settings, the counts."""

    rules: Workforce
    measure: RosterMeasure
    counts: Counts

    @property
    def table(self) -> Ints:
        return self.counts.table

    def counted(self, heads: int, fte: int) -> Ints:
        """Heads or full-time equivalents in thousandths, as the measure says."""
        return self.table[:, fte if self.measure.count == FTE else heads]


Function = Callable[[Asked], Column]


def _share_of_carers(heads: int, fte: int) -> Function:
    """A share of carers, by heads or by full-time equivalents as the policy says."""
    return lambda asked: Column(asked.counted(heads, fte), asked.counted(staff.CARER_HEADS, staff.CARER_FTE))


def _skill_configuration(asked: Asked) -> Column:
    """技能等级证书配置: Σ fte × level coefficient ÷ Σ fte of carers."""
    scale = 10**COEFFICIENT_DECIMALS
    return Column(asked.table[:, staff.SKILL_FTE], asked.table[:, staff.CARER_FTE] * scale)


def _adequacy(column: int, classes: tuple[int, ...]) -> Function:
    """Carer full-time equivalents ÷ those required by residents; missing where nobody is required."""

    def adequacy(asked: Asked) -> Column:
        ratios = asked.measure.residents_per_carer or asked.rules.residents_per_carer
        wanted = {place: 1 / ratios[place] for place in classes if ratios[place]}
        scale = lcm(1, *(need.denominator for need in wanted.values()))
        required = np.zeros(asked.table.shape[0], dtype=np.int64)
        for place, need in wanted.items():
            required += asked.counts.residents[:, place].astype(np.int64) * int(need * scale)
        return Column(asked.table[:, column] * scale, required * THOUSAND)

    return adequacy


def _per_bed(heads: int, fte: int, times: int) -> Function:
    """Staff per bed (or per hundred beds), by heads or by full-time equivalents; missing without beds."""

    def per_bed(asked: Asked) -> Column:
        unit = THOUSAND if asked.measure.count == FTE else 1
        return Column(asked.counted(heads, fte) * times, asked.counts.beds.astype(np.int64) * unit)

    return per_bed


def _turnover(asked: Asked) -> Column:
    """Carers who left within twelve months and are not back ÷ (carers on post + those who left): 流失率."""
    left = asked.table[:, staff.LEAVERS]
    return Column(left, asked.table[:, staff.CARER_HEADS] + left)


def _expiring(asked: Asked) -> Column:
    """Certified carers whose last certificate stops counting within 90 days ÷ certified carers."""
    return Column(asked.table[:, staff.EXPIRING_HEADS], asked.table[:, staff.CERTIFIED_HEADS])


_EVERYBODY = tuple(range(len(ABILITY_CLASSES)))
_DEMENTED = (ABILITY_CLASSES.index("DEMENTIA"),)

_FUNCTIONS: dict[str, Function] = {
    "certified_ratio": _share_of_carers(staff.CERTIFIED_HEADS, staff.CERTIFIED_FTE),
    "skill_configuration": _skill_configuration,
    "senior_skill_ratio": _share_of_carers(staff.SENIOR_HEADS, staff.SENIOR_FTE),
    "care_adequacy": _adequacy(staff.COUNTED_FTE, _EVERYBODY),
    "dementia_care_adequacy": _adequacy(staff.DEMENTIA_FTE, _DEMENTED),
    "social_workers_per_100_beds": _per_bed(staff.SOCIAL_HEADS, staff.SOCIAL_FTE, 100),
    "first_aid_ratio": _share_of_carers(staff.FIRST_AID_HEADS, staff.FIRST_AID_FTE),
    "nurse_per_bed": _per_bed(staff.NURSE_HEADS, staff.NURSE_FTE, 1),
    "carer_turnover_12m": _turnover,
    "certificates_expiring_90d": _expiring,
}
