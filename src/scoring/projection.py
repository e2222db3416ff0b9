"""Weights within bounds: the exact Euclidean projection onto a bounded simplex, and its quantisation to millionths."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from scoring.vocabulary import MILLION


def project(targets: Sequence[Fraction], lower: Sequence[Fraction], upper: Sequence[Fraction]) -> list[Fraction]:
    """The point nearest to `targets` among those with Σ w = 1 and lower ≤ w ≤ upper; exact.

    It is clip(target − shift) for the one shift at which the sum is 1. The sum falls piecewise linearly in the shift,
    with corners where a weight meets a bound, so that the segment holding 1 is found by bisection and solved. Feasible
    bounds (Σ lower ≤ 1 ≤ Σ upper) are the caller's duty.
    """
    corners = sorted({t - b for t, low, high in zip(targets, lower, upper, strict=True) for b in (low, high)})
    left, right = 0, len(corners) - 1
    while right - left > 1:
        middle = (left + right) // 2
        if sum(_clipped(targets, lower, upper, corners[middle])) >= 1:
            left = middle
        else:
            right = middle
    return _clipped(targets, lower, upper, _shift(targets, lower, upper, corners[left], corners[right]))


def _clipped(
    targets: Sequence[Fraction], lower: Sequence[Fraction], upper: Sequence[Fraction], shift: Fraction
) -> list[Fraction]:
    return [min(max(t - shift, low), high) for t, low, high in zip(targets, lower, upper, strict=True)]


def _shift(
    targets: Sequence[Fraction], lower: Sequence[Fraction], upper: Sequence[Fraction], left: Fraction, right: Fraction
) -> Fraction:
    """Where between two neighbouring corners the sum passes 1."""
    at_left = sum(_clipped(targets, lower, upper, left))
    at_right = sum(_clipped(targets, lower, upper, right))
    if at_left == at_right:
        return left
    return left + (right - left) * (at_left - 1) / (at_left - at_right)


def quantise(weights: Sequence[Fraction], lower: Sequence[int], upper: Sequence[int]) -> tuple[int, ...]:
    """Weights that sum to 1 as millionths that sum to a million: largest remainder in bounds, ties to the earlier."""
    exact = [weight * MILLION for weight in weights]
    whole = [min(max(floor(weight), low), high) for weight, low, high in zip(exact, lower, upper, strict=True)]
    left = MILLION - sum(whole)
    order = sorted(range(len(exact)), key=lambda place: (whole[place] - exact[place], place))
    for place in order:
        if left > 0 and whole[place] < upper[place]:
            whole[place] += 1
            left -= 1
    return tuple(whole)
