"""The obvious way to rate one institution after the other, in fractions: what the engine must equal exactly."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Any

from scoring.policy.conditions import All, AnyOf, Compare, Condition, Count, Flag, InGroup, Missing, Not
from scoring.policy.policy import Policy
from scoring.policy.transforms import Identity, Linear, Matrix, MinMax, Percentile, Steps

Number = Fraction | None
OPERATORS = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "above": operator.gt,
    "below": operator.lt,
    "equals": operator.eq,
}


@dataclass
class Institution:
    """Measures by code (None: missing), flags, group codes by level."""

    measures: dict[str, Number]
    flags: set[str] = field(default_factory=set)
    groups: dict[str, str] = field(default_factory=dict)


@dataclass
class Rating:
    values: list[Number] = field(default_factory=list)
    points: list[Number] = field(default_factory=list)
    measured: list[bool] = field(default_factory=list)
    domain_points: list[Number] = field(default_factory=list)
    domain_grades: list[int] = field(default_factory=list)
    score: Number = None
    grade: int = 0
    contributions: list[Fraction] = field(default_factory=list)
    ranks: dict[str, int] = field(default_factory=dict)
    rounded: list[Number] = field(default_factory=list)


def half_up(number: Fraction, decimals: int) -> Fraction:
    return Fraction(math.floor(number * 10**decimals + Fraction(1, 2)), 10**decimals)


def rate(policy: Policy, institutions: Sequence[Institution]) -> tuple[list[Rating], list[int]]:
    """The ratings and the weights in millionths."""
    ratings = [Rating() for _ in institutions]
    for institution, rating in zip(institutions, ratings, strict=True):
        rating.rounded = rounded_measures(policy, institution)
    for at in range(len(policy.indicators)):
        give_points(policy, at, institutions, ratings)
    weights = find_weights(policy, ratings)
    for institution, rating in zip(institutions, ratings, strict=True):
        grade_one(policy, weights, institution, rating)
    rank(policy, institutions, ratings)
    return ratings, weights


# --- measures -----------------------------------------------------------------------------------------------------------


def rounded_measures(policy: Policy, institution: Institution) -> list[Number]:
    exact: list[Number] = []
    for measure in policy.measures:
        if measure.derived is None:
            exact.append(institution.measures.get(measure.code))
        else:
            exact.append(derive(measure.derived, exact))
    return [
        None if value is None else half_up(value * measure.times, measure.decimals)
        for measure, value in zip(policy.measures, exact, strict=True)
    ]


def derive(rule: Any, exact: list[Number]) -> Number:
    there = [(times, exact[index]) for index, times in rule.terms if exact[index] is not None]
    total = sum((times * value for times, value in there if value is not None), Fraction(0))
    if len(there) < len(rule.terms):
        if rule.when_missing == "missing":
            return None
        if rule.when_missing == "renormalise":
            whole = sum((times for _, times in rule.terms), Fraction(0))
            part = sum((times for times, _ in there), Fraction(0))
            if part <= 0:
                return None
            total = total * whole / part
    if rule.divided_by >= 0:
        divisor = exact[rule.divided_by]
        return None if divisor is None or divisor == 0 else total / divisor
    return total


# --- points -------------------------------------------------------------------------------------------------------------


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
        if isinstance(transform, (Percentile, MinMax)):
            cuts = group_cuts(policy, at, institution, institutions, values)
            if cuts is None:
                value = None
        rating.values.append(value)
        rating.measured.append(value is not None)
        rule = indicator.missing
        if value is None and rule.rule == "value":
            value = Fraction(rule.value, 10**decimals)
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
        return linear(value, [Fraction(x, unit) for x in transform.values], [y * scale for y in transform.points], policy)
    if isinstance(transform, Steps):
        return transform.points[passed(value, transform.cuts, unit, transform.closed)] * scale
    if isinstance(transform, Matrix):
        other = rating.rounded[transform.column_measure]
        assert other is not None
        other_unit = 10 ** policy.measures[transform.column_measure].decimals
        row = passed(value, transform.row_cuts, unit, transform.closed)
        column = passed(other, transform.column_cuts, other_unit, transform.column_closed)
        return transform.table[row][column] * scale
    if isinstance(transform, Percentile):
        if transform.counted_from == "lowest":
            return transform.points[sum(value > cut for cut in cuts or ())] * scale
        return transform.points[sum(value < cut for cut in cuts or ())] * scale
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
    policy: Policy, at: int, institution: Institution, institutions: Sequence[Institution], values: list[Number]
) -> Any:
    transform = policy.indicators[at].transform
    assert isinstance(transform, (Percentile, MinMax))
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
            return [quantile(members, share, transform) for share in transform.shares]
    return None


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


# --- weights ------------------------------------------------------------------------------------------------------------


def find_weights(policy: Policy, ratings: list[Rating]) -> list[int]:
    if not policy.weighted:
        return []
    rows = [transformed(policy, rating) for rating in ratings if all(rating.measured)]
    bounds = [indicator.weight for indicator in policy.indicators]
    base = [Fraction(bound.base, 10**6) for bound in bounds if bound is not None]
    lower = [Fraction(bound.lower, 10**6) for bound in bounds if bound is not None]
    upper = [Fraction(bound.upper, 10**6) for bound in bounds if bound is not None]
    alpha = policy.weighting.alpha
    objective = objective_weights(policy.weighting.objective, rows)
    if objective is None or alpha == 0:
        return [int(share * 10**6) for share in base]
    wanted = [(1 - alpha) * b + alpha * o for b, o in zip(base, objective, strict=True)]
    return quantise(nearest(wanted, lower, upper), lower, upper)


def transformed(policy: Policy, rating: Rating) -> list[int]:
    return [math.floor(points * 10_000 / policy.score.maximum + Fraction(1, 2)) for points in rating.points if points is not None]


def objective_weights(method: str, rows: list[list[int]]) -> list[Fraction] | None:
    if method not in ("entropy", "critic") or len(rows) < 2:
        return None
    columns = [list(column) for column in zip(*rows, strict=True)]
    raw = [divergence(column) for column in columns] if method == "entropy" else critic(columns)
    if not any(raw):
        return None
    parts = [round(value / math.fsum(raw) * 10**12) for value in raw]
    return [Fraction(part, sum(parts)) for part in parts]


def divergence(column: list[int]) -> float:
    """1 − e, summed over distinct levels in ascending order as scoring rules demand."""
    if len(set(column)) == 1:
        return 0.0
    total = 0.0
    for level in sorted(set(column)):
        if level:
            share = level / sum(column)
            total += column.count(level) * (share * math.log(share))
    return max(0.0, 1.0 + total / math.log(len(column)))


def critic(columns: list[list[int]]) -> list[float]:
    n = len(columns[0])

    def shared(a: list[int], b: list[int]) -> int:
        return n * sum(x * y for x, y in zip(a, b, strict=True)) - sum(a) * sum(b)

    def r(a: list[int], b: list[int]) -> float:
        spread = shared(a, a) * shared(b, b)
        return shared(a, b) / math.sqrt(spread) if spread else 0.0

    return [
        math.sqrt(shared(column, column)) / n * math.fsum(1.0 - r(column, other) for k, other in enumerate(columns) if k != j)
        for j, column in enumerate(columns)
    ]


def nearest(wanted: list[Fraction], lower: list[Fraction], upper: list[Fraction]) -> list[Fraction]:
    """The projection by trying every choice of weights at their bounds (Karush-Kuhn-Tucker); for few weights."""
    indexes = range(len(wanted))
    best: tuple[Fraction, list[Fraction]] | None = None
    for count in range(len(wanted) + 1):
        for fixed in combinations(indexes, count):
            for mask in range(2**count):
                at = {i: (upper[i] if mask >> k & 1 else lower[i]) for k, i in enumerate(fixed)}
                free = [i for i in indexes if i not in at]
                rest = 1 - sum(at.values(), Fraction(0))
                if not free and rest != 0:
                    continue
                shift = (sum((wanted[i] for i in free), Fraction(0)) - rest) / len(free) if free else Fraction(0)
                point = [at.get(i, wanted[i] - shift) for i in indexes]
                if all(lower[i] <= point[i] <= upper[i] for i in indexes):
                    distance = sum(((p - w) ** 2 for p, w in zip(point, wanted, strict=True)), Fraction(0))
                    if best is None or distance < best[0]:
                        best = distance, point
    assert best is not None
    return best[1]


def quantise(weights: list[Fraction], lower: list[Fraction], upper: list[Fraction]) -> list[int]:
    million = 10**6
    whole = [math.floor(weight * million) for weight in weights]
    left = million - sum(whole)
    order = sorted(range(len(weights)), key=lambda i: (-(weights[i] * million - whole[i]), i))
    for i in order:
        if left and whole[i] + 1 <= upper[i] * million:
            whole[i] += 1
            left -= 1
    return whole


# --- domains, score, grade ----------------------------------------------------------------------------------------------


def grade_one(policy: Policy, weights: list[int], institution: Institution, rating: Rating) -> None:
    for at in range(len(policy.domains)):
        rating.domain_points.append(domain_points(policy, weights, at, rating))
    for at, domain in enumerate(policy.domains):
        grade = 0
        points = rating.domain_points[at]
        if domain.cuts and points is not None:
            grade = sum(points >= Fraction(cut, 10**policy.decimals) for cut in domain.cuts)
            grade += domain.below_first == "lowest"
        rating.domain_grades.append(grade)
        if domain.cuts:
            for cap in policy.rules.caps:
                if cap.domain == at and holds(cap.when, policy, institution, rating):
                    rating.domain_grades[at] = min(rating.domain_grades[at], cap.at_most)
            for exception in policy.rules.exceptions:
                if exception.domain == at and holds(exception.when, policy, institution, rating):
                    rating.domain_grades[at] = exception.grade
                    break
    rating.score = find_score(policy, weights, rating)
    overall(policy, institution, rating)
    rating.contributions = contributions(policy, weights, rating)


def members(policy: Policy, at: int) -> list[tuple[int, Fraction]]:
    return [
        (place, member.factor)
        for place, indicator in enumerate(policy.indicators)
        for member in indicator.memberships
        if member.domain == at
    ]


def most(policy: Policy, place: int) -> Fraction:
    return Fraction(max(max(policy.indicators[place].transform.points), 0), 10**policy.points_decimals)


def shares(policy: Policy, weights: list[int], at: int) -> dict[int, Fraction]:
    """What an indicator's points count in its domain: its factor, or its weight (or one each where all weights are 0)."""
    inside = members(policy, at)
    if not policy.weighted:
        return dict(inside)
    weighing = {place: Fraction(weights[place], 10**6) for place, _ in inside}
    return weighing if any(weighing.values()) else {place: Fraction(1) for place, _ in inside}


def full_and_part(policy: Policy, weights: list[int], at: int, rating: Rating) -> tuple[Fraction, Fraction]:
    """The domain's maximum, and that of the indicators that count."""
    share = shares(policy, weights, at)
    size = {place: times if policy.weighted else times * most(policy, place) for place, times in share.items()}
    there = [amount for place, amount in size.items() if rating.points[place] is not None]
    return sum(size.values(), Fraction(0)), sum(there, Fraction(0))


def raw_sum(policy: Policy, weights: list[int], at: int, rating: Rating) -> Fraction:
    total = Fraction(0)
    for place, times in shares(policy, weights, at).items():
        points = rating.points[place]
        if points is not None:
            total += times * points
    return total


def domain_there(policy: Policy, weights: list[int], at: int, rating: Rating) -> bool:
    inside = [place for place, _ in members(policy, at)]
    counted = [place for place in inside if rating.points[place] is not None]
    if len(counted) < policy.domains[at].minimum_indicators:
        return False
    if any(policy.indicators[p].missing.rule == "not-rated" and rating.points[p] is None for p in inside):
        return False
    full, part = full_and_part(policy, weights, at, rating)
    return part > 0 or part == full


def domain_points(policy: Policy, weights: list[int], at: int, rating: Rating) -> Number:
    if not domain_there(policy, weights, at, rating):
        return None
    full, part = full_and_part(policy, weights, at, rating)
    raw = raw_sum(policy, weights, at, rating)
    decimals = policy.decimals if part == full else policy.score.rescale_decimals
    if policy.weighted:
        return half_up(raw / part, decimals)
    return half_up(raw if part == full else raw * full / part, decimals)


def domain_weight(policy: Policy, weights: list[int], at: int) -> Fraction:
    return Fraction(sum(weights[place] for place, _ in members(policy, at)), 10**6)


def giving(policy: Policy, weights: list[int], rating: Rating) -> dict[int, tuple[Number, Fraction, Fraction]]:
    """Per scoring domain: what it gives (None: nothing), its maximum in the score, and the part of it available."""
    given: dict[int, tuple[Number, Fraction, Fraction]] = {}
    for at, factor in policy.score.factors:
        full, part = full_and_part(policy, weights, at, rating)
        if policy.score.of == "grades":
            grade = rating.domain_grades[at]
            given[at] = (factor * grade if grade else None), factor, factor if grade else Fraction(0)
            continue
        weight = domain_weight(policy, weights, at) if policy.weighted else Fraction(1)
        whole = weight if policy.weighted else full * factor
        points = rating.domain_points[at]
        if points is None:
            given[at] = None, whole, Fraction(0)
        elif part == full or policy.score.rescale_within == "score":
            raw = raw_sum(policy, weights, at, rating) * factor
            raw = raw if weight else Fraction(0)
            available = (part if weight else Fraction(0)) if policy.weighted else part * factor
            given[at] = raw, whole, available
        else:
            given[at] = points * weight * factor, whole, whole
    return given


def find_score(policy: Policy, weights: list[int], rating: Rating) -> Number:
    given = giving(policy, weights, rating)
    scoring = {at for at, factor in policy.score.factors if factor}
    if policy.weighted and policy.score.of == "points":
        scoring = {at for at in scoring if domain_weight(policy, weights, at)}
    if all(given[at][0] is None for at in scoring):
        return None
    if any(policy.domains[at].missing.rule == "not-rated" and given[at][0] is None for at in scoring):
        return None
    total = sum((amount for amount, _, _ in given.values() if amount is not None), Fraction(0))
    full = sum((whole for _, whole, _ in given.values()), Fraction(0))
    part = sum(
        (
            whole if amount is None and policy.domains[at].missing.rule != "rescale" else available
            for at, (amount, whole, available) in given.items()
        ),
        Fraction(0),
    )
    if part == full:
        return half_up(total, policy.decimals)
    return half_up(total * full / part, policy.score.rescale_decimals) if part else Fraction(0)


def overall(policy: Policy, institution: Institution, rating: Rating) -> None:
    rules = policy.rules
    rating.grade = base_grade(policy, institution, rating)
    for at, domain in enumerate(policy.domains):
        gone = rating.domain_points[at] is None and rating.domain_grades[at] == 0
        if gone and domain.missing.rule == "not-rated":
            rating.grade = 0
    for step in rules.overall.steps:
        if rating.grade and holds(step.when, policy, institution, rating):
            moved = rating.grade + step.change if step.change else step.sets
            rating.grade = min(max(moved, 1), len(policy.grades)) if step.change else moved
    for floor in rules.floors:
        demand(policy, rating, floor, rating.domain_points[floor.index], policy.decimals)
    for need in rules.requirements:
        demand(policy, rating, need, rating.rounded[need.index], policy.measures[need.index].decimals)
    for cap in rules.caps:
        if cap.domain < 0 and holds(cap.when, policy, institution, rating):
            rating.grade = min(rating.grade, cap.at_most)
    for exception in rules.exceptions:
        if exception.domain < 0 and holds(exception.when, policy, institution, rating):
            rating.grade = exception.grade
            break


def base_grade(policy: Policy, institution: Institution, rating: Rating) -> int:
    rule = policy.rules.overall
    if rule.base == "score":
        if rating.score is None:
            return 0
        reached = sum(rating.score >= Fraction(cut, 10**policy.decimals) for cut in rule.cuts)
        return reached + (rule.below_first == "lowest")
    if rule.base == "rules":
        for entry in rule.rules:
            if holds(entry.when, policy, institution, rating):
                return entry.grade
        return rule.otherwise
    row = rating.domain_grades[rule.domain]
    if rule.base == "domain":
        return row
    column = rating.domain_grades[rule.column_domain]
    return rule.table[row - 1][column - 1] if row and column else 0


def demand(policy: Policy, rating: Rating, need: Any, figure: Number, decimals: int) -> None:
    def met(grade: int) -> bool:
        limit = need.limits[grade - 1]
        if limit is None:
            return True
        if figure is None:
            return bool(need.when_missing == "met")
        bound = Fraction(limit, 10**decimals)
        return figure <= bound if need.at_most else figure >= bound

    while rating.grade and not all(met(grade) for grade in range(1, rating.grade + 1)):
        if rating.grade == 1 and policy.rules.overall.below_first == "lowest":
            break
        rating.grade -= 1


def holds(condition: Condition, policy: Policy, institution: Institution, rating: Rating) -> bool:
    if isinstance(condition, All):
        return all(holds(part, policy, institution, rating) for part in condition.parts)
    if isinstance(condition, AnyOf):
        return any(holds(part, policy, institution, rating) for part in condition.parts)
    if isinstance(condition, Not):
        return not holds(condition.part, policy, institution, rating)
    if isinstance(condition, Flag):
        return condition.code in institution.flags
    if isinstance(condition, InGroup):
        return institution.groups.get(condition.level) in condition.codes
    if isinstance(condition, Missing):
        return rating.rounded[condition.measure] is None
    if isinstance(condition, Count):
        subject = "domain_grade" if condition.subject == "domains" else "indicator"
        found = [figure(subject, index, policy, rating) for index in condition.indexes]
        number = sum(value is not None and OPERATORS[condition.inner[0]](value, condition.inner[1]) for value in found)
        return bool(OPERATORS[condition.outer[0]](number, condition.outer[1]))
    assert isinstance(condition, Compare)
    value = figure(condition.subject, condition.index, policy, rating)
    against: Any = condition.value
    if condition.other >= 0:
        against = figure(condition.subject, condition.other, policy, rating)
    return value is not None and against is not None and bool(OPERATORS[condition.operator](value, against))


def figure(subject: str, index: int, policy: Policy, rating: Rating) -> Number:
    """The figure in the units in which the policy states its comparisons."""
    if subject == "measure":
        value, decimals = rating.rounded[index], policy.measures[index].decimals
    elif subject == "indicator":
        value, decimals = rating.points[index], policy.points_decimals
    elif subject == "domain_points":
        value, decimals = rating.domain_points[index], policy.decimals
    elif subject == "score":
        value, decimals = rating.score, policy.decimals
    else:
        grade = rating.domain_grades[index] if subject == "domain_grade" else rating.grade
        return Fraction(grade) if grade else None
    return None if value is None else value * 10**decimals


# --- contributions and ranks --------------------------------------------------------------------------------------------


def apportion(total: int, parts: Mapping[int, Fraction]) -> dict[int, int]:
    """Largest remainder in proportion to parts; evenly where they do not sum above 0."""
    if not parts:
        return {}
    whole = sum(parts.values(), Fraction(0))
    exact = {k: total * part / whole if whole > 0 else Fraction(total, len(parts)) for k, part in parts.items()}
    given = {k: math.floor(share) for k, share in exact.items()}
    left = total - sum(given.values())
    for k in sorted(exact, key=lambda key: (given[key] - exact[key], key))[:left]:
        given[k] += 1
    return given


def contributions(policy: Policy, weights: list[int], rating: Rating) -> list[Fraction]:
    unit = Fraction(1, 10**policy.decimals)
    result = [Fraction(0)] * len(policy.indicators)
    if rating.score is None:
        return result
    given = giving(policy, weights, rating)
    parts = {at: amount for at, (amount, _, _) in given.items() if amount is not None and amount != 0}
    for at, share in apportion(int(rating.score / unit), parts).items():
        inside = shares(policy, weights, at)
        counted = {p: t * v for p, t in inside.items() if (v := rating.points[p]) is not None}
        for place, amount in apportion(share, counted or dict.fromkeys(inside, Fraction(0))).items():
            result[place] += amount * unit
    return result


def rank(policy: Policy, institutions: Sequence[Institution], ratings: list[Rating]) -> None:
    for scope, level in (("nation", "nation"), ("region", "province"), ("kind", "kind")):
        for institution, rating in zip(institutions, ratings, strict=True):
            code = institution.groups.get(level, "" if level == "nation" else None)
            if code is None or rating.grade == 0 or rating.score is None:
                rating.ranks[scope] = 0
                continue
            above = {
                other.score
                for fellow, other in zip(institutions, ratings, strict=True)
                if other.grade and other.score is not None and other.score > rating.score
                and fellow.groups.get(level, "" if level == "nation" else None) == code
            }  # fmt: skip
            rating.ranks[scope] = len(above) + 1
