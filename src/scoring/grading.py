"""The overall grade, stage by stage: base, steps, floors, requirements, caps, upgrade limit, exceptions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scoring.comparison import GroupCuts
from scoring.facts import Facts, Grades, Placed, holds, placed
from scoring.inputs import Bools, Ints, Previous
from scoring.kernels import passed
from scoring.outcome import SCORE_CUTS, Reason
from scoring.policy.grades import (
    BY_DOMAIN,
    BY_PLACING,
    BY_RULES,
    BY_SCORE,
    BY_TABLE,
    Cap,
    Demand,
    Exceptional,
    Named,
    Step,
)
from scoring.policy.indicators import LOWEST, NOT_RATED
from scoring.policy.policy import Policy
from scoring.policy.text import Text

BELOW_LOWEST = Reason("BELOW_LOWEST_GRADE", Text("未达到最低等级", "below the lowest grade"))
NOTHING_AVAILABLE = Reason("NOTHING_AVAILABLE", Text("没有可用数据", "nothing is available to rate"))
NOBODY_TO_COMPARE = Reason("NOBODY_TO_COMPARE", Text("同组机构太少，无法比较", "too few institutions to compare with"))
NO_REASON = Reason("", Text("", ""))

# What a stage does to the grades: the new grades, and the rows to which it applied.
Effect = tuple[Grades, Bools]


@dataclass(slots=True)
class Trail:
    """Grades after each stage, who was touched by it, and why a row is as it is."""

    facts: Facts
    reasons: tuple[Reason, ...]
    reason: NDArray[np.int16]
    codes: list[str] = field(default_factory=list)
    grades: list[Grades] = field(default_factory=list)
    applied: list[Bools] = field(default_factory=list)

    def stage(self, code: str, effect: Effect) -> None:
        """Takes over a stage's grades."""
        self.facts.grade, applied = effect
        self.codes.append(code)
        self.grades.append(self.facts.grade)
        self.applied.append(applied)

    def because(self, reason: Reason, rows: Bools) -> None:
        """Notes the reason of rows, in place of an earlier one."""
        self.reason[rows] = self.reasons.index(reason)


def reasons_of(policy: Policy) -> tuple[Reason, ...]:
    """Every reason the policy can give, in a fixed order; index 0 is none."""
    rules = policy.rules
    missing = [domain.missing for domain in policy.domains] + [indicator.missing for indicator in policy.indicators]
    entries: tuple[Named, ...] = (*rules.floors, *rules.requirements, *rules.caps, *rules.exceptions)
    listed = [Reason(rule.reason, rule.text) for rule in missing if rule.rule == NOT_RATED] + [
        Reason(e.code, e.title) for e in entries
    ]
    alone = [NOBODY_TO_COMPARE] * (rules.overall.placing is not None)
    return tuple(dict.fromkeys((NO_REASON, NOTHING_AVAILABLE, BELOW_LOWEST, *alone, *listed)))


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """What earlier runs leave to this one: cuts that were fixed, and the ratings that stood."""

    cuts: Mapping[str, GroupCuts] | None
    previous: Previous | None


def grade_overall(policy: Policy, facts: Facts, unrated: Bools, earlier: Earlier) -> Trail:
    """Runs every stage; `unrated` bool[n, d] names the domains whose absence forbids a rating."""
    trail = Trail(facts, reasons_of(policy), np.zeros(facts.n, dtype=np.int16))
    _base(policy, trail, unrated, earlier)
    for step in policy.rules.overall.steps:
        trail.stage(step.code, _step(step, facts, len(policy.grades)))
    for floor in policy.rules.floors:
        _demand(policy, trail, floor, facts.domain_points[:, floor.index], facts.domain_present[:, floor.index])
    for demand in policy.rules.requirements:
        _demand(policy, trail, demand, facts.rounded.values[demand.index], facts.rounded.present[demand.index])
    for cap in policy.rules.caps:
        if cap.domain < 0:
            _cap(trail, cap)
    if policy.rules.overall.upgrade_limit:
        trail.stage("upgrade-limit", _upgrade(policy.rules.overall.upgrade_limit, facts, earlier.previous))
    _exceptions(trail, policy.rules.exceptions)
    return trail


def _base(policy: Policy, trail: Trail, unrated: Bools, earlier: Earlier) -> None:
    facts, overall = trail.facts, policy.rules.overall
    blocked = unrated.any(axis=1)
    base = _BASES[overall.base](policy, facts) if overall.placing is None else _by_place(policy, facts, earlier)
    grades = np.where(blocked, 0, base).astype(np.int8)
    trail.stage("base", (grades, grades > 0))
    trail.because(NOTHING_AVAILABLE if overall.base in (BY_SCORE, BY_PLACING) else BELOW_LOWEST, grades == 0)
    if overall.base == BY_PLACING:
        trail.because(NOBODY_TO_COMPARE, (grades == 0) & facts.scored)
    if overall.base == BY_SCORE:
        trail.because(BELOW_LOWEST, (grades == 0) & facts.scored)
    for place in reversed(range(len(policy.domains))):
        _explain_domain(policy, trail, place, unrated[:, place])


def _explain_domain(policy: Policy, trail: Trail, place: int, rows: Bools) -> None:
    """The reason of a missing domain: that of its first missing indicator that forbids a rating, else its own."""
    if not rows.any():
        return
    domain = policy.domains[place]
    trail.because(Reason(domain.missing.reason, domain.missing.text), rows)
    for column in reversed(range(len(policy.indicators))):
        indicator = policy.indicators[column]
        inside = any(member.domain == place for member in indicator.memberships)
        if inside and indicator.missing.rule == NOT_RATED:
            absent = rows & ~trail.facts.pointed.counted[:, column]
            trail.because(Reason(indicator.missing.reason, indicator.missing.text), absent)


def _by_score(policy: Policy, facts: Facts) -> Ints:
    overall = policy.rules.overall
    found = passed(facts.score, np.array(overall.cuts, dtype=np.int64), True)
    return np.where(facts.scored, found + (overall.below_first == LOWEST), 0)


def _by_rules(policy: Policy, facts: Facts) -> Ints:
    overall = policy.rules.overall
    grades = np.full(facts.n, overall.otherwise, dtype=np.int64)
    for rule in reversed(overall.rules):
        grades = np.where(holds(rule.when, facts), rule.grade, grades)
    return grades


def _by_domain(policy: Policy, facts: Facts) -> Ints:
    return facts.domain_grades[:, policy.rules.overall.domain].astype(np.int64)


def _by_table(policy: Policy, facts: Facts) -> Ints:
    overall = policy.rules.overall
    rows, columns = facts.domain_grades[:, overall.domain], facts.domain_grades[:, overall.column_domain]
    found = np.array(overall.table, dtype=np.int64)[np.maximum(rows, 1) - 1, np.maximum(columns, 1) - 1]
    return np.where((rows > 0) & (columns > 0), found, 0)


def _by_place(policy: Policy, facts: Facts, earlier: Earlier) -> Grades:
    """By the score's place among its group; with hold, as before where the own score did not move."""
    placing = policy.rules.overall.placing
    assert placing is not None  # noqa: S101 - asked only where the base is a placing
    grades = placed(Placed(placing, SCORE_CUTS, policy.decimals), facts.score, facts.scored, facts, earlier.cuts)
    before = earlier.previous
    if not placing.hold or before is None or before.score is None or before.base is None:
        return grades
    held = (grades > 0) & (before.base > 0) & (before.score == facts.score)
    return np.where(held, before.base, grades).astype(np.int8)


_BASES: dict[str, Callable[[Policy, Facts], Ints]] = {
    BY_SCORE: _by_score,
    BY_RULES: _by_rules,
    BY_DOMAIN: _by_domain,
    BY_TABLE: _by_table,
}


def _step(step: Step, facts: Facts, highest: int) -> Effect:
    rated = facts.grade > 0
    applies = holds(step.when, facts) & rated
    moved = np.clip(facts.grade + step.change, 1, highest) if step.change else np.full_like(facts.grade, step.sets)
    return np.where(applies, moved, facts.grade).astype(np.int8), applies


def _demand(policy: Policy, trail: Trail, demand: Demand, figures: Ints, there: Bools) -> None:
    """Lowers the grade to the highest whose demand, and those of all grades below, are met."""
    facts = trail.facts
    met = _climbed(demand, figures, there)
    unmet = facts.grade > met
    lowest = 1 if policy.rules.overall.below_first == LOWEST else 0
    grades = np.where(unmet, np.maximum(met, lowest), facts.grade).astype(np.int8)
    trail.stage(demand.code, (grades, unmet))
    trail.because(Reason(demand.code, demand.title), unmet & (grades == 0))


def _climbed(demand: Demand, figures: Ints, there: Bools) -> Grades:
    """How many grades' demands are met from the first without a gap; what no grade asks for is met.

    The steps up to a grade are all met where the hardest of them is.
    """
    most = np.iinfo(np.int64).max
    asked = [at for at, limit in enumerate(demand.limits) if limit is not None]
    met_by_all = [-most if limit is None else -limit if demand.at_most else limit for limit in demand.limits]
    hardest = np.maximum.accumulate(np.array(met_by_all, dtype=np.int64))
    met = passed(-figures if demand.at_most else figures, hardest, True)
    unknown = len(demand.limits) if demand.when_missing == "met" or not asked else asked[0]
    return np.where(there, met, unknown).astype(np.int8)


def _cap(trail: Trail, cap: Cap) -> None:
    facts = trail.facts
    applies = holds(cap.when, facts) & (facts.grade > cap.at_most)
    trail.stage(cap.code, (np.where(applies, cap.at_most, facts.grade).astype(np.int8), applies))
    if cap.at_most == 0:
        trail.because(Reason(cap.code, cap.title), applies)


def _upgrade(limit: int, facts: Facts, previous: Previous | None) -> Effect:
    """At most `limit` grades above the grade a year ago, where there was one."""
    if previous is None:
        return facts.grade, np.zeros(facts.n, dtype=np.bool_)
    most = previous.stars_before.astype(np.int64) + limit
    applies = (previous.stars_before > 0) & (facts.grade > most)
    return np.where(applies, most, facts.grade).astype(np.int8), applies


def _exceptions(trail: Trail, exceptions: tuple[Exceptional, ...]) -> None:
    facts = trail.facts
    fixed = np.zeros(facts.n, dtype=np.bool_)
    for exception in exceptions:
        if exception.domain >= 0:
            continue
        applies = holds(exception.when, facts) & ~fixed
        fixed |= applies
        trail.stage(exception.code, (np.where(applies, exception.grade, facts.grade).astype(np.int8), applies))
        trail.because(Reason(exception.code, exception.title), applies)
