"""Weights of the plain reference: the formulas, and the projection by trying every choice of bounds."""

import math
from fractions import Fraction
from itertools import combinations

from tests.scoring.reference_rows import Rating

from scoring.policy.policy import Policy


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
    return [
        math.floor(points * 10_000 / policy.score.maximum + Fraction(1, 2))
        for points in rating.points
        if points is not None
    ]


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
        math.sqrt(shared(column, column))
        / n
        * math.fsum(1.0 - r(column, other) for k, other in enumerate(columns) if k != j)
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
