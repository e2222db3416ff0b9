"""Recomputed weights: entropy, CRITIC, blend; integers up to the logarithm and the square root, exact after them."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import fsum, sqrt

import numpy as np

from scoring.inputs import Bools, Indexes
from scoring.kernels import cross_products, divergence, histogram
from scoring.outcome import Weights
from scoring.policy.indicators import Bounds
from scoring.policy.policy import Policy
from scoring.policy.transforms import highest_points
from scoring.projection import project, quantise
from scoring.sharing import side_by_side, threads_for
from scoring.vocabulary import LEVELS_OF_TRANSFORMED, MILLION

# Objective weights are fixed at this many parts before the exact arithmetic begins.
PARTS = 10**12


def entropy_weights(transformed: Indexes, complete: Bools) -> list[float] | None:
    """1 − e_j per column of int32[n, m], 0…10,000, of the rows in bool[n]; None where no column says anything."""
    rows = int(np.count_nonzero(complete))
    if rows < 2:
        return None

    def diverges(column: int) -> float:
        return divergence(histogram(transformed, complete, column, LEVELS_OF_TRANSFORMED + 1), rows)

    raw = side_by_side(diverges, range(transformed.shape[1]), threads_for(rows))
    return raw if any(raw) else None


def critic_weights(transformed: Indexes, complete: Bools) -> list[float] | None:
    """σ_j Σ_k (1 − r_jk) per column of int32[n, m], 0…10,000, of the rows in bool[n], from integer sums; else None."""
    transformed = transformed[complete]
    rows, width = transformed.shape
    if rows < 2:
        return None
    sums = [int(total) for total in transformed.sum(axis=0, dtype=np.int64)]
    products = cross_products(np.asfortranarray(transformed)).tolist()
    shared = [[rows * products[j][k] - sums[j] * sums[k] for k in range(width)] for j in range(width)]
    raw = [
        sqrt(shared[j][j]) / rows * fsum(1.0 - _correlation(shared, j, k) for k in range(width) if k != j)
        for j in range(width)
    ]
    return raw if any(raw) else None


def _correlation(shared: list[list[int]], j: int, k: int) -> float:
    """Pearson r from n² times the covariances; 0 where a column is constant."""
    spread = shared[j][j] * shared[k][k]
    return shared[j][k] / sqrt(spread) if spread else 0.0


def find_weights(policy: Policy, transformed: Indexes, present: Bools, frozen: Mapping[str, int] | None) -> Weights:
    """The weights of a run: those in force where given, else recomputed over the rows that have every indicator."""
    if not policy.weighted:
        return _shares(policy)
    bounds = [indicator.weight or Bounds(0, 0, MILLION) for indicator in policy.indicators]
    if frozen is not None:
        return _in_force(policy, bounds, frozen)
    complete = np.logical_and.reduce(present, axis=1)
    objective, rows = _objective(policy.weighting.objective, transformed, complete), int(np.count_nonzero(complete))
    base = tuple(bound.base for bound in bounds)
    if objective is None or policy.weighting.alpha == 0:
        return _weights(bounds, base, base, policy.weighting.alpha != 0, rows)
    final = blend(bounds, objective, policy.weighting.alpha)
    return _weights(bounds, final, quantise(objective, [0] * len(bounds), [MILLION] * len(bounds)), True, rows)


def _objective(method: str, transformed: Indexes, complete: Bools) -> list[Fraction] | None:
    """Objective weights as exact fractions that sum to one."""
    if method not in ("entropy", "critic"):
        return None
    raw = (entropy_weights if method == "entropy" else critic_weights)(transformed, complete)
    if raw is None:
        return None
    total = fsum(raw)
    parts = [round(value / total * PARTS) for value in raw]
    return [Fraction(part, sum(parts)) for part in parts]


def blend(bounds: Sequence[Bounds], objective: Sequence[Fraction], alpha: Fraction) -> tuple[int, ...]:
    """(1 − α) · base + α · objective, projected onto the bounds and quantised to millionths."""
    targets = [
        (1 - alpha) * Fraction(bound.base, MILLION) + alpha * share
        for bound, share in zip(bounds, objective, strict=True)
    ]
    lower, upper = [bound.lower for bound in bounds], [bound.upper for bound in bounds]
    nearest = project(targets, [Fraction(low, MILLION) for low in lower], [Fraction(high, MILLION) for high in upper])
    return quantise(nearest, lower, upper)


def _weights(
    bounds: Sequence[Bounds], final: tuple[int, ...], objective: tuple[int, ...], recomputed: bool, rows: int
) -> Weights:
    return Weights(
        final=final,
        base=tuple(bound.base for bound in bounds),
        objective=objective,
        lower=tuple(bound.lower for bound in bounds),
        upper=tuple(bound.upper for bound in bounds),
        recomputed=recomputed,
        rows=rows,
    )


def _in_force(policy: Policy, bounds: Sequence[Bounds], frozen: Mapping[str, int]) -> Weights:
    final = tuple(frozen[indicator.code] for indicator in policy.indicators)
    if sum(final) != MILLION:
        raise ValueError("weights in force must sum to 1,000,000")
    return _weights(bounds, final, final, False, 0)


def _shares(policy: Policy) -> Weights:
    """Where points are added: each indicator's share of the greatest possible sum, for information."""
    scored = dict(policy.score.factors)
    most = [
        sum(
            max(0, highest_points(indicator.transform)) * member.factor * scored.get(member.domain, Fraction(0))
            for member in indicator.memberships
        )
        for indicator in policy.indicators
    ]
    total = sum(most)
    shares = [Fraction(part) / total if total > 0 else Fraction(1, len(most)) for part in most]
    final = quantise([max(share, Fraction(0)) for share in shares], [0] * len(most), [MILLION] * len(most))
    return Weights(final, final, final, (0,) * len(most), (MILLION,) * len(most), False, 0)
