"""Measures and points of the plain reference: rounding, transforms, percentile cuts, one value after the other."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.scoring.reference_conditions import holds
from tests.scoring.reference_rows import Institution, Number, Rating

from scoring.policy.comparisons import MinMax, Percentile, Relative
from scoring.policy.policy import Policy
from scoring.policy.transforms import Identity, Linear, Matrix, Steps


def half_up(number: Fraction, decimals: int) -> Fraction:
    return Fraction(math.floor(number * 10**decimals + Fraction(1, 2)), 10**decimals)


def round_measures(policy: Policy, institution: Institution, rating: Rating) -> None:
    """Fills in the rounded measures in order: a measure's condition sees those before it."""
    exact: list[Number] = []
    for measure in policy.measures:
        value = institution.measures.get(measure.code)
        if measure.derived is not None:
            value = derive(measure.derived, rating.rounded if measure.derived.rounded else exact)
        if measure.when is not None and not holds(measure.when, policy, institution, rating):
            value = None
        exact.append(None if value is None else value * measure.times)
        rating.rounded.append(None if value is None else half_up(value * measure.times, measure.decimals))


def derive(rule: Any, exact: list[Number]) -> Number:
    found = [(times, exact[index] if index >= 0 else Fraction(1)) for index, times in rule.terms]
    there = [(times, value) for times, value in found if value is not None]
    multiples = [times * value for times, value in there]
    if len(there) < len(rule.terms) and rule.when_missing == "zero":
        multiples.append(Fraction(0))
    if not multiples:
        return None
    total = sum(multiples, Fraction(0)) if rule.of == "sum" else (max if rule.of == "highest" else min)(multiples)
    if len(there) < len(rule.terms):
        if rule.when_missing == "missing":
            return None
        if rule.when_missing == "renormalise":
            whole = sum((times for _, times in rule.terms), Fraction(0))
            part = sum((times for times, _ in there), Fraction(0))
            if part <= 0:
                return None
            total = total * whole / part
    if rule.multiplied_by >= 0:
        factor = exact[rule.multiplied_by]
        if factor is None:
            return None
        total *= factor
    if rule.divided_by >= 0:
        divisor = exact[rule.divided_by]
        return None if divisor is None or divisor == 0 else total / divisor
    return total


def give_points(policy: Policy, at: int, institutions: Sequence[Institution], ratings: list[Rating]) -> None:
    indicator = policy.indicators[at]
    transform = indicator.transform
    decimals = policy.measures[indicator.measure].decimals
    scale = Fraction(1, 10**policy.points_decimals)
    values = [rating.rounded[indicator.measure] for rating in ratings]
    if isinstance(transform, Matrix):
        others = [rating.rounded[transform.column_measure] for rating in ratings]
        values = [None if other is None else value for value, other in zip(values, others, strict=True)]
    for row, (institution, rating) in enumerate(zip(institutions, ratings, strict=True)):
        value = values[row]
        cuts = None
        if isinstance(transform, (Percentile, Relative, MinMax)):
            cuts = group_cuts(transform, institution, institutions, values)
            if cuts is None:
                value = None
        if indicator.when is not None and not holds(indicator.when, policy, institution, rating):
            value = None
        rating.values.append(value)
        rating.measured.append(value is not None)
        rule = indicator.missing
        if value is None and rule.rule == "value":
            value = Fraction(rule.value, 10**decimals)
        if value is None and rule.borrowed is not None:
            borrowed = group_cuts(rule.borrowed, institution, institutions, values)
            value = borrowed[0] if borrowed else None
        if value is None:
            stated = {"zero": Fraction(0), "points": rule.points * scale}
            rating.points.append(stated.get(rule.rule))
        else:
            rating.points.append(points_of(policy, at, value, rating, cuts))


def points_of(policy: Policy, at: int, value: Fraction, rating: Rating, cuts: Any) -> Fraction:
    indicator = policy.indicators[at]
    transform = indicator.transform
    unit = 10 ** policy.measures[indicator.measure].decimals
    scale = Fraction(1, 10**policy.points_decimals)
    if isinstance(transform, Linear):
        return linear(
            value, [Fraction(x, unit) for x in transform.values], [y * scale for y in transform.points], policy
        )
    if isinstance(transform, Steps):
        return transform.points[passed(value, transform.cuts, unit, transform.closed)] * scale
    if isinstance(transform, Matrix):
        other = rating.rounded[transform.column_measure]
        assert other is not None
        other_unit = 10 ** policy.measures[transform.column_measure].decimals
        row = passed(value, transform.row_cuts, unit, transform.closed)
        column = passed(other, transform.column_cuts, other_unit, transform.column_closed)
        return transform.table[row][column] * scale
    if isinstance(transform, (Percentile, Relative)):
        return transform.points[step_of(transform, value, cuts or ())] * scale
    if isinstance(transform, MinMax):
        low, high = cuts or (Fraction(0), Fraction(0))
        if low == high:
            return transform.constant * scale
        inside = min(max(value, low), high)
        rise = (inside - low) / (high - low) * (transform.high - transform.low) * scale
        return transform.low * scale + half_up(rise, policy.points_decimals)
    assert isinstance(transform, Identity)
    points = half_up(value * transform.times, policy.points_decimals)
    return min(max(points, transform.minimum * scale), transform.maximum * scale)


def step_of(rule: Percentile | Relative, value: Fraction, cuts: Sequence[Fraction]) -> int:
    if isinstance(rule, Relative):
        return sum(value >= cut if rule.closed == "left" else value > cut for cut in cuts)
    return sum(value > cut if rule.counted_from == "lowest" else value < cut for cut in cuts)


def linear(value: Fraction, xs: list[Fraction], ys: list[Fraction], policy: Policy) -> Fraction:
    if value <= xs[0]:
        return ys[0]
    for left in range(len(xs) - 1):
        if xs[left] <= value < xs[left + 1]:
            rise = (ys[left + 1] - ys[left]) * (value - xs[left]) / (xs[left + 1] - xs[left])
            return ys[left] + half_up(rise, policy.points_decimals)
    return ys[-1]


def passed(value: Fraction, cuts: Sequence[int], unit: int, closed: str) -> int:
    if closed == "left":
        return sum(value >= Fraction(cut, unit) for cut in cuts)
    return sum(value > Fraction(cut, unit) for cut in cuts)


def group_cuts(
    transform: Percentile | Relative | MinMax,
    institution: Institution,
    institutions: Sequence[Institution],
    values: Sequence[Number],
) -> Any:
    for level in transform.groups:
        code = institution.groups.get(level, "" if level == "nation" else None)
        if code is None:
            continue
        members = sorted(
            value
            for other, value in zip(institutions, values, strict=True)
            if value is not None and other.groups.get(level, "" if level == "nation" else None) == code
        )
        if len(members) >= max(transform.minimum_group, 1):
            if isinstance(transform, MinMax):
                return members[0], members[-1]
            if isinstance(transform, Relative):
                return [half_up(cut, transform.cut_decimals) for cut in about_the_middle(members, transform)]
            return [quantile(members, share, transform) for share in transform.shares]
    return None


def about_the_middle(rising: list[Fraction], rule: Relative) -> list[Fraction]:
    count = len(rising)
    mean = sum(rising, Fraction(0)) / count
    if rule.statistic == "median":
        return [(rising[(count - 1) // 2] + rising[count // 2]) / 2 * multiple for multiple in rule.multiples]
    if rule.statistic == "mean":
        return [mean * multiple for multiple in rule.multiples]
    # Forty digits more than any cut shows: no half lies closer to an irrational root of numbers of this size.
    variance = sum(((value - mean) ** 2 for value in rising), Fraction(0)) / count
    fine = 10**40
    whole = math.isqrt(variance.numerator * variance.denominator * fine * fine)
    deviation = Fraction(whole, variance.denominator * fine)
    return [mean + deviation * multiple for multiple in rule.multiples]


def quantile(rising: list[Fraction], share: Fraction, transform: Percentile) -> Fraction:
    members = rising if transform.counted_from == "lowest" else rising[::-1]
    count = len(members)
    if transform.method == "linear":
        place = share * (count - 1)
        below = math.floor(place)
        above = min(below + 1, count - 1)
        exact = members[below] + (place - below) * (members[above] - members[below])
    else:
        index = max(math.ceil(share * count), 1) - 1
        exact = members[index]
        if transform.method == "midpoint" and (share * count).denominator == 1 and index + 1 < count:
            exact = (exact + members[index + 1]) / 2
    return half_up(exact, transform.cut_decimals)
