"""The compiled loops: integers only, one pass each, no loop whose order could matter.

Arrays of shape (rows, columns) are in Fortran order, so that a column is contiguous.
"""

from typing import Any, TypeVar, cast

import numba
import numpy as np

from scoring.inputs import Bools, Indexes, Ints

Function = TypeVar("Function")


def compiled(function: Function) -> Function:
    """Compiles a loop to machine code, cached between processes."""
    return cast("Function", cast("Any", numba.njit)(cache=True, nogil=True)(function))


@compiled
def round_half_up(numerator: Ints, denominator: Ints, times: int, over: int) -> Ints:
    """floor(numerator × times ÷ (denominator × over) + ½) per row; 0 where the denominator is 0."""
    rounded = np.zeros(numerator.shape[0], dtype=np.int64)
    for row in range(numerator.shape[0]):
        half = denominator[row] * over
        if half > 0:
            rounded[row] = (2 * times * numerator[row] + half) // (2 * half)
    return rounded


@compiled
def linear_points(values: Ints, xs: Ints, ys: Ints) -> Ints:
    """Interpolates between breakpoints, rounded half up, clamped at both ends."""
    points = np.empty(values.shape[0], dtype=np.int64)
    last = xs.shape[0] - 1
    for row in range(values.shape[0]):
        segment = 0
        for place in range(1, last):
            segment += values[row] >= xs[place]
        if values[row] <= xs[0]:
            points[row] = ys[0]
        elif values[row] >= xs[last]:
            points[row] = ys[last]
        else:
            width = xs[segment + 1] - xs[segment]
            rise = (ys[segment + 1] - ys[segment]) * (values[row] - xs[segment])
            points[row] = ys[segment] + (2 * rise + width) // (2 * width)
    return points


@compiled
def bins(values: Ints, groups: Indexes, cuts: Ints, closed_left: bool) -> Indexes:
    """How many cuts of its group a value has passed: cuts ≤ value where closed left, cuts < value where closed right.

    `cuts` is int64[group, cut]; a row of a negative group gets bin 0.
    """
    found = np.zeros(values.shape[0], dtype=np.int32)
    for row in range(values.shape[0]):
        if groups[row] >= 0:
            for place in range(cuts.shape[1]):
                cut = cuts[groups[row], place]
                found[row] += values[row] >= cut if closed_left else values[row] > cut
    return found


@compiled
def accumulate(points: Ints, counted: Bools, coefficients: Ints) -> Ints:
    """Σ coefficient × points of the indicators that count, int64[n, d]; coefficients int64[d, m]."""
    sums = np.zeros((coefficients.shape[0], points.shape[0]), dtype=np.int64)
    for domain in range(coefficients.shape[0]):
        for column in range(points.shape[1]):
            coefficient = coefficients[domain, column]
            if coefficient != 0:
                for row in range(points.shape[0]):
                    sums[domain, row] += coefficient * points[row, column] * counted[row, column]
    return sums.T


@compiled
def available(counted: Bools, maxima: Ints) -> Ints:
    """Σ maximum of the indicators that count, int64[n, d]; maxima int64[d, m]."""
    sums = np.zeros((maxima.shape[0], counted.shape[0]), dtype=np.int64)
    for domain in range(maxima.shape[0]):
        for column in range(counted.shape[1]):
            if maxima[domain, column] != 0:
                for row in range(counted.shape[0]):
                    sums[domain, row] += maxima[domain, column] * counted[row, column]
    return sums.T


@compiled
def rescale_half_up(raw: Ints, full: Ints, part: Ints, unit: int) -> Ints:
    """floor(raw × full ÷ (part × unit) + ½) without leaving 64 bits, where full × part < 2**62; 0 where part is 0."""
    rescaled = np.zeros(raw.shape[0], dtype=np.int64)
    for row in range(raw.shape[0]):
        if part[row] > 0:
            whole, rest = (2 * raw[row]) // part[row], (2 * raw[row]) % part[row]
            rescaled[row] = (whole * full[row] + (rest * full[row]) // part[row] + unit) // (2 * unit)
    return rescaled


@compiled
def hand_out(left: int, rests: Ints, shares: Ints) -> None:
    """Gives one unit each to the `left` greatest remainders; ties go to the earlier."""
    for _ in range(left):
        best = 0
        for column in range(1, rests.shape[0]):
            if rests[column] > rests[best]:
                best = column
        shares[best] += 1
        rests[best] = -1


@compiled
def apportion(totals: Ints, parts: Ints, members: Bools) -> Ints:
    """Splits each row's total over its members in proportion to their parts by largest remainder, exactly.

    Ties go to the earlier column. Where the parts of a row do not sum above 0 the total is spread evenly.
    `parts` and `members` are [n, m]; totals × parts stay below 2**62.
    """
    shares = np.zeros(parts.shape, dtype=np.int64).T.copy().T
    rests = np.empty(parts.shape[1], dtype=np.int64)
    for row in range(parts.shape[0]):
        whole, count = np.int64(0), np.int64(0)
        for column in range(parts.shape[1]):
            whole += parts[row, column] * members[row, column]
            count += members[row, column]
        if totals[row] == 0 or count == 0:
            continue
        left = totals[row]
        for column in range(parts.shape[1]):
            rests[column] = -1
            if members[row, column]:
                product = totals[row] * (parts[row, column] if whole > 0 else 1)
                shares[row, column] = product // (whole if whole > 0 else count)
                rests[column] = product % (whole if whole > 0 else count)
                left -= shares[row, column]
        hand_out(left, rests, shares[row])
    return shares


@compiled
def cross_products(columns: Indexes) -> Ints:
    """Σ over rows of column j × column k, int64[m, m], for values 0…10,000 (exact up to 9 × 10**10 rows)."""
    width = columns.shape[1]
    sums = np.zeros((width, width), dtype=np.int64)
    for j in range(width):
        for k in range(j + 1):
            total = np.int64(0)
            for row in range(columns.shape[0]):
                total += np.int64(columns[row, j]) * np.int64(columns[row, k])
            sums[j, k] = total
            sums[k, j] = total
    return sums
