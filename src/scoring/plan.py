"""The policy as matrices of integers: what indicators give to domains and domains to the score, with the scales.

Bounds: `sizes_fit` refuses a policy whose greatest sums could leave 64 bits; it is asked when a policy is validated.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, gcd, lcm
from typing import TYPE_CHECKING

import numpy as np

from scoring.exact import LIMIT
from scoring.inputs import Bools, Ints
from scoring.policy.context import BY_FACTOR
from scoring.policy.indicators import Indicator
from scoring.policy.score import ScoreRule
from scoring.policy.transforms import highest_points, lowest_points
from scoring.vocabulary import MILLION

if TYPE_CHECKING:
    from scoring.policy.policy import Policy


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Sizes: d domains, m indicators.

    `members` bool[d, m]. `coefficients` int64[d, m] times points make a domain's raw sum in units of 1/raw_unit.
    `maxima` int64[d, m] in any common unit serve rescaling. `score_factors` int64[d] times raw sums (or grades) make
    the score in units of 1/(raw_unit × factor_unit) (or 1/factor_unit). `mean` says that domain points are
    raw ÷ maximum.
    """

    members: Bools
    coefficients: Ints
    maxima: Ints
    score_factors: Ints
    score_maxima: Ints
    raw_unit: int
    factor_unit: int
    mean: bool


def members_of(indicators: tuple[Indicator, ...]) -> dict[tuple[int, int], Fraction]:
    """(domain, indicator) -> factor."""
    return {
        (member.domain, column): member.factor
        for column, indicator in enumerate(indicators)
        for member in indicator.memberships
    }


def plan_of(policy: Policy, weights: tuple[int, ...]) -> Plan:
    """The matrices of a policy under the weights of a run (millionths; ignored where points are added)."""
    return _weighted(policy, weights) if policy.weighted else _added(policy)


def _weighted(policy: Policy, weights: tuple[int, ...]) -> Plan:
    shape = len(policy.domains), len(policy.indicators)
    members, coefficients = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.int64)
    for domain, column in members_of(policy.indicators):
        members[domain, column], coefficients[domain, column] = True, weights[column]
    of_domain = coefficients.sum(axis=1)
    # A domain whose weights are all 0 still has points and a grade: the plain mean of its indicators.
    coefficients[of_domain == 0] = members[of_domain == 0]
    if policy.score.of == "grades":
        factors, unit = _score_factors(policy.score, shape[0])
        return Plan(members, coefficients, coefficients, factors, factors, MILLION, unit, True)
    factors = (of_domain > 0).astype(np.int64)
    raw_unit = MILLION * 10**policy.points_decimals
    return Plan(members, coefficients, coefficients, factors, of_domain, raw_unit, 1, True)


def _added(policy: Policy) -> Plan:
    shape = len(policy.domains), len(policy.indicators)
    table = members_of(policy.indicators)
    unit = lcm(*(factor.denominator for factor in table.values()))
    members = np.zeros(shape, dtype=np.bool_)
    coefficients, maxima = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for (domain, column), factor in table.items():
        members[domain, column] = True
        coefficients[domain, column] = int(factor * unit)
        maxima[domain, column] = _available(policy, column) * int(factor * unit)
    maxima //= max(1, gcd(*maxima.ravel().tolist()))
    factors, factor_unit = _score_factors(policy.score, shape[0])
    of_domain = factors if policy.score.of == "grades" else maxima.sum(axis=1) * factors
    return Plan(
        members, coefficients, maxima, factors, of_domain, unit * 10**policy.points_decimals, factor_unit, False
    )


def _available(policy: Policy, column: int) -> int:
    """What an indicator that is there makes available of its domain: its most points, or itself."""
    if policy.score.rescale_by == BY_FACTOR:
        return 1
    return max(0, highest_points(policy.indicators[column].transform))


def _score_factors(rule: ScoreRule, domains: int) -> tuple[Ints, int]:
    unit = lcm(*(factor.denominator for _, factor in rule.factors))
    factors = np.zeros(domains, dtype=np.int64)
    for domain, factor in rule.factors:
        factors[domain] = int(factor * unit)
    return factors, unit


def domain_range(policy: Policy, domain: int) -> tuple[Fraction, Fraction]:
    """The fewest and the most points a domain can have."""
    if policy.weighted:
        return Fraction(0), Fraction(policy.score.maximum)
    least, most = Fraction(0), Fraction(0)
    for indicator in policy.indicators:
        for member in indicator.memberships:
            if member.domain == domain:
                least += lowest_points(indicator.transform) * member.factor
                most += highest_points(indicator.transform) * member.factor
    return least / 10**policy.points_decimals, most / 10**policy.points_decimals


def score_range(policy: Policy) -> tuple[Fraction, Fraction]:
    """The lowest and the highest score a policy can give."""
    if policy.score.of == "points" and policy.weighted:
        return Fraction(0), Fraction(policy.score.maximum)
    ends = []
    for domain, factor in policy.score.factors:
        least, most = domain_range(policy, domain)
        if policy.score.of == "grades":
            least, most = Fraction(0), Fraction(policy.domains[domain].grades)
        ends.append(sorted((least * factor, most * factor)))
    return sum((low for low, _ in ends), Fraction(0)), sum((high for _, high in ends), Fraction(0))


def sizes_fit(policy: Policy) -> bool:
    """Whether every sum and product of the policy stays within 64 bits."""
    try:
        plan = plan_of(policy, tuple(bound.base if (bound := i.weight) else 0 for i in policy.indicators))
    except OverflowError:
        return False
    factor = sum(plan.score_factors.tolist()) or 1
    if policy.weighted and policy.score.of == "points":
        factor = 1
    score = ceil(max(abs(end) for end in score_range(policy)) * 10**policy.score.decimals)
    full = sum(plan.maxima.ravel().tolist()) * factor
    raw = _greatest_raw(policy, plan) * factor
    return 2 * raw * 10**policy.score.decimals < LIMIT and full * full < LIMIT and raw * max(score, 1) < 2 * LIMIT


def _greatest_raw(policy: Policy, plan: Plan) -> int:
    """The greatest raw sum of a domain (where points are weighted: of all domains)."""
    if policy.weighted:
        return int(MILLION * policy.score.maximum * 10**policy.points_decimals)
    ends = [abs(end(i.transform)) for i in policy.indicators for end in (lowest_points, highest_points)]
    return int(max(sum(line) for line in plan.coefficients.tolist()) * max(ends))
