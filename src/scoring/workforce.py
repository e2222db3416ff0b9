"""Built-in workforce measures: the roster on the as-of day as exact ratios.

How `double posts` are read (挂证 suspected): a person who holds full-time posts at two or more institutions on the day is counted as
follows until the case is resolved. The earliest post counts in full. A later one stays in the denominators (heads and full-time equivalents of
carers on post) but adds to no numerator: not certified, no skill, no first aid, no care time, no social worker, no nurse. So nobody can strip
a rival by uploading a name, and nobody gains by borrowing one. A resolution comes as `Employments.standing` on the day.

A person with several part-time posts counts at each: once among the heads of each institution, and with each post's share in full-time
equivalents. Several posts at one institution make one head.
"""

from collections.abc import Callable
from datetime import date, timedelta
from math import lcm

import numpy as np
from numpy.typing import NDArray

from scoring import staff
from scoring.inputs import Column, Indexes, Ints
from scoring.policy.measures import FTE, ROSTER, RosterMeasure
from scoring.policy.policy import Policy
from scoring.policy.workforce import Workforce
from scoring.roster import Roster
from scoring.staff import Qualifications
from scoring.vocabulary import ABILITY_CLASSES

EPOCH = date(1970, 1, 1)
EXPIRING_DAYS = 90
THOUSAND = 1000


def workforce_measures(policy: Policy, roster: Roster, as_of_day: int) -> dict[str, Column]:
    """The policy's roster measures by code on a day (days since 1970-01-01); empty where the policy has none."""
    if policy.workforce is None or not policy.needs_roster:
        return {}
    table = count_staff(policy.workforce, roster, as_of_day)
    return {
        measure.code: _FUNCTIONS[measure.roster.function](policy.workforce, measure.roster, roster, table)
        for measure in policy.measures
        if measure.source == ROSTER and measure.roster is not None
    }


def count_staff(rules: Workforce, roster: Roster, day: int) -> Ints:
    """Heads and full-time equivalents of every institution, int64[n, staff.COLUMNS]."""
    posts = roster.employments
    person, certified = _people(posts.person, roster.certificates.person)
    people = int(person.max(initial=-1)) + 1
    held = _qualifications(rules, roster, certified, people, day)
    rows = posts.person.shape[0]
    standing = np.zeros(rows, dtype=np.int8) if posts.standing is None else posts.standing
    recorded = np.zeros(rows, dtype=np.int64) if posts.recorded is None else posts.recorded
    span = posts.started_day, posts.ended_day
    first = np.full(people, -1, dtype=np.int32)
    staff.first_posts(
        posts.offsets, person, posts.fte_thousandths, *span, standing, recorded, rules.full_time_from, day, first
    )
    table = np.zeros((roster.n, staff.COLUMNS), dtype=np.int64)
    staff.count_staff(
        posts.offsets, person, _roles(rules, roster), posts.fte_thousandths, *span, posts.appointed_level, standing,
        first, rules.full_time_from, held.bits, held.level, held.lasts, np.array(rules.coefficients, dtype=np.int64),
        rules.senior_from, staff.SOCIAL * bool(rules.social_workers.certificates),
        staff.NURSING * bool(rules.nurses.certificates), day, year_before(day), day + EXPIRING_DAYS, table,
    )  # fmt: skip
    return table


def year_before(day: int) -> int:
    """The same civil day a year earlier (29 February: the 28th), in days since 1970-01-01."""
    today = EPOCH + timedelta(days=day)
    last = 28 if (today.month, today.day) == (2, 29) else today.day
    return (date(today.year - 1, today.month, last) - EPOCH).days


def _people(posted: Ints, certified: Ints) -> tuple[Indexes, Indexes]:
    """Persons of posts as dense indexes, and persons of certificates in the same numbering (-1 for those without a post)."""
    if posted.size == 0:
        return posted.astype(np.int32), np.full(certified.shape, -1, dtype=np.int32)
    lowest, highest = int(posted.min()), int(posted.max())
    if highest - lowest < 4 * posted.size + 1024:
        inside = (certified >= lowest) & (certified <= highest)
        return (posted - lowest).astype(np.int32), np.where(inside, certified - lowest, -1).astype(np.int32)
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


def _qualifications(rules: Workforce, roster: Roster, person: Indexes, people: int, day: int) -> Qualifications:
    held = Qualifications(
        bits=np.zeros(people, dtype=np.int8),
        level=np.zeros(people, dtype=np.int8),
        lasts=np.zeros(people, dtype=np.int32),
    )
    rows = roster.certificates
    bits, levels = certificate_tables(rules, roster)
    place = rows.kind, rows.occupation, rows.level
    staff.qualify(
        person, bits[place], levels[place], rows.valid_from_day, rows.valid_to_day, rows.expires_day, day,
        held.bits, held.level, held.lasts,
    )  # fmt: skip
    return held


def certificate_tables(rules: Workforce, roster: Roster) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """What a certificate is worth: bits and level by kind, occupation and level, equivalences included."""
    shape = len(roster.certificate_kinds) + 1, len(roster.occupation_codes) + 1, 9
    bits, levels = np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.int8)
    for k, kind in enumerate(roster.certificate_kinds):
        for o, occupation in enumerate((*roster.occupation_codes, "")):
            for level in range(9):
                bits[k, o, level], levels[k, o, level] = _worth(rules, kind, occupation, level)
    return bits, levels


def _worth(rules: Workforce, kind: str, occupation: str, level: int) -> tuple[int, int]:
    accepted = not rules.certificate_occupations or occupation in rules.certificate_occupations
    certified = kind in rules.carers.certificates and accepted
    worth = level if certified else 0
    for rule in rules.equivalences:
        same = rule.kind == kind and rule.occupation in ("", occupation) and rule.level in (0, level)
        if same:
            certified, worth = True, max(worth, rule.as_level)
    bits = staff.CERTIFIED * certified
    bits |= staff.FIRST_AID * (kind in rules.first_aid) | staff.DEMENTIA * (kind in rules.dementia_care)
    bits |= staff.SOCIAL * (kind in rules.social_workers.certificates)
    return bits | staff.NURSING * (kind in rules.nurses.certificates), worth


Function = Callable[[Workforce, RosterMeasure, Roster, Ints], Column]


def _share_of_carers(heads: int, fte: int) -> Function:
    """A share of carers, by heads or by full-time equivalents as the policy says."""

    def share(rules: Workforce, measure: RosterMeasure, roster: Roster, table: Ints) -> Column:
        by_fte = measure.count == FTE
        return Column(
            table[:, fte if by_fte else heads].copy(),
            table[:, staff.CARER_FTE if by_fte else staff.CARER_HEADS].copy(),
        )

    return share


def _skill_configuration(rules: Workforce, measure: RosterMeasure, roster: Roster, table: Ints) -> Column:
    """技能等级证书配置: Σ fte × level coefficient ÷ Σ fte of carers."""
    return Column(table[:, staff.SKILL_FTE].copy(), table[:, staff.CARER_FTE] * 10_000)


def _adequacy(column: int, classes: tuple[int, ...]) -> Function:
    """Carer full-time equivalents ÷ those required by residents; missing where nobody is required."""

    def adequacy(rules: Workforce, measure: RosterMeasure, roster: Roster, table: Ints) -> Column:
        ratios = measure.residents_per_carer or rules.residents_per_carer
        wanted = {place: 1 / ratios[place] for place in classes if ratios[place]}
        scale = lcm(1, *(need.denominator for need in wanted.values()))
        required = np.zeros(roster.n, dtype=np.int64)
        for place, need in wanted.items():
            required += roster.residents[:, place].astype(np.int64) * int(need * scale)
        return Column(table[:, column] * scale, required * THOUSAND)

    return adequacy


def _per_bed(heads: int, fte: int, times: int) -> Function:
    """Staff per bed (or per hundred beds), by heads or by full-time equivalents; missing without beds."""

    def per_bed(rules: Workforce, measure: RosterMeasure, roster: Roster, table: Ints) -> Column:
        by_fte = measure.count == FTE
        beds = roster.beds.astype(np.int64)
        return Column(table[:, fte if by_fte else heads] * times, beds * (THOUSAND if by_fte else 1))

    return per_bed


def _turnover(rules: Workforce, measure: RosterMeasure, roster: Roster, table: Ints) -> Column:
    """Carers who left within twelve months and are not back ÷ (carers on post + those who left): 流失率."""
    return Column(table[:, staff.LEAVERS].copy(), table[:, staff.CARER_HEADS] + table[:, staff.LEAVERS])


def _expiring(rules: Workforce, measure: RosterMeasure, roster: Roster, table: Ints) -> Column:
    """Certified carers whose last certificate stops counting within 90 days ÷ certified carers."""
    return Column(table[:, staff.EXPIRING_HEADS].copy(), table[:, staff.CERTIFIED_HEADS].copy())


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
