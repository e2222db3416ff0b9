"""The compiled loops: integers only, one pass each, no loop whose order could matter.

Arrays of shape (rows, columns) are in Fortran order, so that a column is contiguous.
"""

from math import log
from typing import Any, NamedTuple, TypeVar, cast

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
def apportion(total: int, parts: Ints, members: Bools, rests: Ints, shares: Ints) -> None:
    """Splits a total over its members in proportion to their parts by largest remainder, exactly, into `shares`.

    Ties go to the earlier. Where the parts do not sum above 0 the total is spread evenly. total × part stays below
    2**62; `rests` is room to work in.
    """
    whole, count = np.int64(0), np.int64(0)
    for place in range(parts.shape[0]):
        whole += parts[place] * members[place]
        count += members[place]
    left = total
    for place in range(parts.shape[0]):
        shares[place], rests[place] = 0, -1
        if members[place]:
            product = total * (parts[place] if whole > 0 else 1)
            shares[place] = product // (whole if whole > 0 else count)
            rests[place] = product - shares[place] * (whole if whole > 0 else count)
            left -= shares[place]
    hand_out(left if count else 0, rests, shares)


class Parts(NamedTuple):
    """What makes domains: `points` int64[n, m] that are `counted`, times `coefficients` int64[d, m] of `members`."""

    points: Ints
    counted: Bools
    coefficients: Ints
    members: Bools


class Room(NamedTuple):
    """Arrays to work in, one entry per part: allocated once, overwritten for every row."""

    sizes: Ints
    members: Bools
    rests: Ints
    shares: Ints


class Split(NamedTuple):
    """What is split, room to work in, and where the shares are added, int64[n, m]."""

    parts: Parts
    room: Room
    given: Ints


@compiled
def make_room(width: int) -> Room:
    """Room for so many parts."""
    return Room(
        np.zeros(width, np.int64), np.zeros(width, np.bool_), np.zeros(width, np.int64), np.zeros(width, np.int64)
    )


@compiled
def add_domain_share(split: Split, row: int, domain: int, share: int) -> None:
    """Splits a domain's share of the score over its indicators that count; over all where none counts."""
    parts, room, several, last = split.parts, split.room, 0, 0
    for column in range(parts.points.shape[1]):
        counts = parts.members[domain, column] and parts.counted[row, column]
        room.members[column] = counts
        room.sizes[column] = parts.points[row, column] * parts.coefficients[domain, column] * counts
        several, last = several + counts, column if counts else last
    if several == 1:
        split.given[row, last] += share
        return
    if several == 0:
        room.members[:] = parts.members[domain]
    apportion(share, room.sizes, room.members, room.rests, room.shares)
    for column in range(parts.points.shape[1]):
        split.given[row, column] += room.shares[column]


@compiled
def contributions(score: Ints, domain_parts: Ints, parts: Parts) -> Ints:
    """Splits each score over the domains that give something (int64[n, d]), and each share over its indicators."""
    rows, domains = domain_parts.shape
    given = np.zeros((parts.points.shape[1], rows), dtype=np.int64).T
    over, split = make_room(domains), Split(parts, make_room(parts.points.shape[1]), given)
    for row in range(rows):
        if score[row] != 0:
            for domain in range(domains):
                over.sizes[domain] = domain_parts[row, domain]
                over.members[domain] = domain_parts[row, domain] != 0
            apportion(score[row], over.sizes, over.members, over.rests, over.shares)
            for domain in range(domains):
                if over.shares[domain] != 0:
                    add_domain_share(split, row, domain, over.shares[domain])
    return given


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


@compiled
def divergence(histogram: Ints, rows: int) -> float:
    """1 + (1/ln rows) Σ p ln p from how many rows stand at each level, levels ascending; 0 for a constant column."""
    total = np.int64(0)
    for level in range(histogram.shape[0]):
        if histogram[level] == rows:
            return 0.0
        total += level * histogram[level]
    weighed = 0.0
    for level in range(1, histogram.shape[0]):
        if histogram[level]:
            p = level / total
            weighed += histogram[level] * (p * log(p))
    return max(0.0, 1.0 + weighed / log(rows))
