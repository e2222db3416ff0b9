"""Whole-number division, rounded down or half up, in loops that the compiler does several rows at a time.

Processors divide 64-bit integers one by one, but eight floats at once. Below 2**53 floats hold integers exactly, so
that a float's quotient rounded down is right or one too high, which multiplying back shows. What may be larger is
divided as integers. Both give the same figures.
"""

from typing import Any, NamedTuple, TypeAlias, TypeVar, cast

import numba
import numpy as np

from scoring.inputs import Indexes, Ints

EXACT_IN_FLOATS = 2**53
MOST = 2**63 - 1
BLOCK = 4096
"""Rows that stay in the nearest cache while several loops go over them."""

Function = TypeVar("Function")
Whole: TypeAlias = int | np.int64
"""A number of a compiled loop, which knows but one kind of whole numbers."""


def compiled(function: Function) -> Function:
    """Compiles a loop to machine code, cached between processes; dividing by zero gives any number, not an error."""
    return cast("Function", cast("Any", numba.njit)(cache=True, nogil=True, error_model="numpy")(function))


@compiled
def quotient(top: Whole, below: Whole) -> Whole:
    """floor(top ÷ below) of numbers below 2**53 in size, `below` above 0."""
    found = np.int64(np.floor(np.float64(top) / np.float64(below)))
    return found - (found * below > top)


@compiled
def greatest_of(values: Ints) -> Whole:
    """The greatest absolute value, 0 of nothing, 2**63 - 1 of what has none in 64 bits."""
    low, high = np.int64(0), np.int64(0)
    for row in range(values.shape[0]):
        value: np.int64 = values[row]
        low, high = min(low, value), max(high, value)
    return max(-max(low, np.int64(-MOST)), high)


@compiled
def round_half_up(numerator: Ints, denominator: Ints, times: int, over: int) -> Ints:
    """floor(numerator × times ÷ (denominator × over) + ½) per row; 0 where the denominator is 0."""
    rounded = np.empty(numerator.shape[0], dtype=np.int64)
    most = greatest_of(denominator) * over
    if 2 * most < EXACT_IN_FLOATS and 2 * abs(times) * greatest_of(numerator) + most < EXACT_IN_FLOATS:
        for row in range(numerator.shape[0]):
            half = denominator[row] * over
            found = quotient(2 * times * numerator[row] + half, 2 * half)
            rounded[row] = found if half > 0 else 0
    else:
        for row in range(numerator.shape[0]):
            half = denominator[row] * over
            rounded[row] = (2 * times * numerator[row] + half) // (2 * half) if half > 0 else 0
    return rounded


@compiled
def linear_points(values: Ints, xs: Ints, ys: Ints) -> Ints:
    """Interpolates between breakpoints, rounded half up, clamped at both ends.

    A value has risen in full over every stretch that it has passed, and not at all over those before it.
    """
    points = np.full(values.shape[0], ys[0])
    for place in range(1, xs.shape[0]):
        start, width, rise = xs[place - 1], xs[place] - xs[place - 1], ys[place] - ys[place - 1]
        if (2 * abs(rise) + 2) * np.float64(width) < EXACT_IN_FLOATS:
            for row in range(values.shape[0]):
                passed = min(max(values[row], start), xs[place]) - start
                points[row] += quotient(2 * rise * passed + width, 2 * width)
        else:
            for row in range(values.shape[0]):
                passed = min(max(values[row], start), xs[place]) - start
                points[row] += (2 * rise * passed + width) // (2 * width)
    return points


@compiled
def put_shares(points: Ints, most: int, levels: int, shares: Indexes) -> None:
    """Writes points as 0…levels of the most, rounded half up; 0 throughout where there is nothing to have."""
    if most <= 0:
        shares[:] = 0
    elif (2 * levels + 1) * np.float64(most) < EXACT_IN_FLOATS:
        for row in range(points.shape[0]):
            shares[row] = quotient(2 * levels * min(max(points[row], 0), most) + most, 2 * most)
    else:
        for row in range(points.shape[0]):
            shares[row] = (2 * levels * min(max(points[row], 0), most) + most) // (2 * most)


class Scale(NamedTuple):
    """How totals become points: what is whole is divided by `divisor` × `unit`; else by the part and `coarse` units.

    `full` is the maximum of what is whole, `times` what a part is brought up to, `finer` a coarse unit in fine ones.
    """

    full: int
    divisor: int
    times: int
    unit: int
    coarse: int
    finer: int


@compiled
def half_up(raw: int, full: int, part: int, unit: int) -> int:
    """floor(raw × full ÷ (part × unit) + ½) without leaving 64 bits, where full × part < 2**62; part above 0."""
    whole, rest = (2 * raw) // part, (2 * raw) % part
    return (whole * full + (rest * full) // part + unit) // (2 * unit)


@compiled
def scale_totals(totals: Ints, parts: Ints, scale: Scale) -> Ints:
    """Totals as points, rounded half up once; where something is missing rescaled, rounded coarsely; 0 of nothing."""
    full, divisor, times, unit, coarse, finer = scale
    scaled = np.zeros(totals.shape[0], dtype=np.int64)
    half = np.int64(divisor * unit)
    if np.float64(divisor) * unit + greatest_of(totals) < EXACT_IN_FLOATS // 2 and divisor > 0:
        for row in range(totals.shape[0]):
            scaled[row] = quotient(2 * totals[row] + half, 2 * half)
    elif divisor > 0:
        for row in range(totals.shape[0]):
            scaled[row] = half_up(totals[row], 1, divisor, unit)
    for row in range(totals.shape[0]):
        if parts[row] != full:
            scaled[row] = half_up(totals[row], times, parts[row], coarse) * finer if parts[row] > 0 else 0
    return scaled
