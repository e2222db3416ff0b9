"""From points to domain points and grades, and from these to the score."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd

import numpy as np

from scoring.comparison import GroupCuts
from scoring.division import Scale, scale_totals
from scoring.facts import Facts, Grades, Placed, holds, placed
from scoring.figures import Pointed
from scoring.inputs import Bools, Ints
from scoring.kernels import Giving, Indicators, Inside, Into, add_domain, add_up_domains, masked, passed
from scoring.plan import Plan
from scoring.policy.indicators import BORROWED, LOWEST, NOT_RATED, RESCALE, Domain
from scoring.policy.policy import Policy
from scoring.policy.score import ScoreRule
from scoring.sharing import side_by_side, threads_for


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Domain sums.

    `raw` int64[n, d] in units of 1/raw_unit, `part` int64[n, d] of the maxima `full` int64[d], `present` bool[n, d],
    `rounded` int64[n, d] in 10**-score.decimals, `complete` bool[n, d]: no maximum is missing.
    """

    raw: Ints
    part: Ints
    full: Ints
    present: Bools
    rounded: Ints
    complete: Bools


def sum_domains(policy: Policy, plan: Plan, pointed: Pointed) -> Sums:
    """Adds points to domains, rescales what is missing, rounds once."""
    shape = len(policy.domains), pointed.points.shape[0]
    raw, part, rounded = (np.zeros(shape, dtype=np.int64).T for _ in range(3))
    present, complete = (np.zeros(shape, dtype=np.bool_).T for _ in range(2))
    full = plan.maxima.sum(axis=1)
    indicators = Indicators(pointed.points, pointed.counted, pointed.present)

    def add(place: int) -> None:
        into = Into(raw, part, present)
        add_domain(indicators, _inside(policy, plan, place), into, place)
        np.equal(part[:, place], full[place], out=complete[:, place])
        present[:, place] &= complete[:, place] | (part[:, place] > 0)
        scaled = scale_totals(raw[:, place], part[:, place], _scale(policy, plan, int(full[place])))
        np.multiply(scaled, present[:, place], out=rounded[:, place])

    side_by_side(add, range(shape[0]), threads_for(shape[1]))
    return Sums(raw, part, full, present, rounded, complete)


def _inside(policy: Policy, plan: Plan, place: int) -> Inside:
    columns = np.flatnonzero(plan.members[place])
    rules = [policy.indicators[column].missing.rule for column in columns]
    return Inside(
        columns,
        plan.coefficients[place, columns],
        plan.maxima[place, columns],
        np.array([rule in BORROWED for rule in rules], dtype=np.bool_),
        np.array([rule == NOT_RATED for rule in rules], dtype=np.bool_),
        policy.domains[place].minimum_indicators,
    )


def _scale(policy: Policy, plan: Plan, full: int) -> Scale:
    """Domain points in 10**-score.decimals; where something is missing rounded to rescale_decimals first and only."""
    rule = policy.score
    one = 10**policy.points_decimals if plan.mean else plan.raw_unit
    units = one // 10**rule.decimals, one // 10**rule.rescale_decimals
    divisor, times = (full, 1) if plan.mean else (1, full)
    return Scale(full, divisor, times, *units, 10 ** (rule.decimals - rule.rescale_decimals))


def grade_domains(policy: Policy, facts: Facts, cuts: Mapping[str, GroupCuts] | None) -> None:
    """Writes every domain's grade: its cuts or its place among others, then its caps, then its exceptions."""
    for place, domain in enumerate(policy.domains):
        if domain.grades == 0:
            continue
        by_cuts = domain.placing is None
        grades = _by_cuts(domain, facts, place) if by_cuts else _by_place(policy, domain, facts, place, cuts)
        facts.domain_grades[:, place] = np.where(facts.domain_present[:, place], grades, 0)
        _limit_domain(policy, facts, place)


def _by_cuts(domain: Domain, facts: Facts, place: int) -> Grades:
    found = passed(facts.domain_points[:, place], np.array(domain.cuts, dtype=np.int64), True)
    return (found + (domain.below_first == LOWEST)).astype(np.int8)


def _by_place(policy: Policy, domain: Domain, facts: Facts, place: int, cuts: Mapping[str, GroupCuts] | None) -> Grades:
    """Grades by the place of domain points among those of the group; 0 without a group to compare with."""
    assert domain.placing is not None  # noqa: S101 - asked only of domains with a placing
    points, present = facts.domain_points[:, place], facts.domain_present[:, place]
    return placed(Placed(domain.placing, f"domain:{domain.code}", policy.decimals), points, present, facts, cuts)


def _limit_domain(policy: Policy, facts: Facts, place: int) -> None:
    grades = facts.domain_grades[:, place]
    for cap in policy.rules.caps:
        if cap.domain == place:
            grades[:] = np.where(holds(cap.when, facts), np.minimum(grades, cap.at_most), grades)
    fixed = np.zeros(facts.n, dtype=np.bool_)
    for exception in policy.rules.exceptions:
        if exception.domain == place:
            now = holds(exception.when, facts) & ~fixed
            grades[:] = np.where(now, exception.grade, grades)
            fixed |= now


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """`score` int64[n], `scored` bool[n], and what each domain gives."""

    score: Ints
    scored: Bools
    giving: Giving


def score_domains(policy: Policy, plan: Plan, sums: Sums, facts: Facts) -> Scored:
    """Adds domain points (or grades) to the score, rescales what is missing as the policy says, rounds once."""
    factors, full = plan.score_factors, plan.score_maxima
    if policy.score.of == "grades":
        raw, there = facts.domain_grades.astype(np.int64), facts.domain_grades > 0
        return _finish(policy, plan, Giving(raw, there, factors, raw, full, True), 1)
    if policy.score.rescale_within == "score":
        giving = Giving(sums.raw, sums.present, factors, sums.part, full, False)
        return _finish(policy, plan, giving, plan.raw_unit)
    giving = Giving(_rescaled(policy, plan, sums), sums.present, factors, sums.part, full, True)
    return _finish(policy, plan, giving, plan.raw_unit)


def _rescaled(policy: Policy, plan: Plan, sums: Sums) -> Ints:
    """Raw sums; where something is missing, the rounded domain points brought back to the raw scale."""
    if sums.complete.all():
        return sums.raw
    times = sums.full if plan.mean else np.ones_like(sums.full)
    unit = (10**policy.points_decimals if plan.mean else plan.raw_unit) // 10**policy.score.decimals
    raw = sums.raw.copy(order="F")
    for place, time in enumerate(times.tolist()):
        rows = np.flatnonzero(~sums.complete[:, place])
        raw[rows, place] = sums.rounded[rows, place] * np.int64(time * unit)
    return raw


def _finish(policy: Policy, plan: Plan, giving: Giving, raw_unit: int) -> Scored:
    rule, unit = policy.score, raw_unit * plan.factor_unit
    finer = 10**rule.decimals // gcd(10**rule.decimals, unit)
    rescales = np.array([domain.missing.rule == RESCALE for domain in policy.domains])
    total, part = add_up_domains(giving, rescales)
    if finer > 1:
        total *= finer
    score = scale_totals(total, part, _scale_of_score(rule, int(plan.score_maxima.sum()), unit * finer))
    scored = _scored(policy, plan, giving.there)
    masked(score, scored, score)
    return Scored(score, scored, giving)


def _scale_of_score(rule: ScoreRule, full: int, unit: int) -> Scale:
    units = unit // 10**rule.decimals, unit // 10**rule.rescale_decimals
    return Scale(full, 1, full, *units, 10 ** (rule.decimals - rule.rescale_decimals))


def _scored(policy: Policy, plan: Plan, there: Bools) -> Bools:
    """A score exists where some scoring domain is there and none is missing that must not be."""
    scoring = plan.score_factors != 0
    scored: Bools = np.any(there & scoring, axis=1)
    for place, domain in enumerate(policy.domains):
        if domain.missing.rule == NOT_RATED and scoring[place]:
            scored = scored & there[:, place]
    return scored


def unrated_domains(policy: Policy, sums: Sums, facts: Facts) -> Bools:
    """bool[n, d]: the domain is missing, nothing fixed its grade, and its rule forbids a rating."""
    strict = np.array([domain.missing.rule == NOT_RATED for domain in policy.domains])
    unrated: Bools = ~sums.present & (facts.domain_grades == 0) & strict
    return unrated
