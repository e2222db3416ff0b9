"""Domain points, score and contributions of the plain reference."""

import math
from collections.abc import Mapping
from fractions import Fraction

from tests.scoring.reference_points import half_up
from tests.scoring.reference_rows import Number, Rating

from scoring.policy.policy import Policy


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
    """What an indicator's points count in its domain: its factor, or its weight (one each where all are 0)."""
    inside = members(policy, at)
    if not policy.weighted:
        return dict(inside)
    weighing = {place: Fraction(weights[place], 10**6) for place, _ in inside}
    return weighing if any(weighing.values()) else {place: Fraction(1) for place, _ in inside}


def full_and_part(policy: Policy, weights: list[int], at: int, rating: Rating) -> tuple[Fraction, Fraction]:
    """The domain's maximum, and that of the indicators that count."""
    share = shares(policy, weights, at)
    alike = policy.weighted or policy.score.rescale_by == "factor"
    size = {place: times if alike else times * most(policy, place) for place, times in share.items()}
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
    counted = [place for place in inside if rating.points[place] is not None and not borrows(policy, place, rating)]
    if len(counted) < policy.domains[at].minimum_indicators:
        return False
    if any(policy.indicators[p].missing.rule == "not-rated" and rating.points[p] is None for p in inside):
        return False
    full, part = full_and_part(policy, weights, at, rating)
    return part > 0 or part == full


def borrows(policy: Policy, place: int, rating: Rating) -> bool:
    """Whether the group's figure stands in for one of the institution's own."""
    return policy.indicators[place].missing.borrowed is not None and not rating.measured[place]


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
