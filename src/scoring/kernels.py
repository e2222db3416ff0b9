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


class Inside(NamedTuple):
    """The indicators of a domain: `columns` int64[k] that give `coefficients` and `maxima` int64[k].

    Of `borrowing` ones a borrowed value does not count as one of at least `fewest`; `strict` ones must count.
    """

    columns: Ints
    coefficients: Ints
    maxima: Ints
    borrowing: Bools
    strict: Bools
    fewest: int


class Indicators(NamedTuple):
    """`points` int64[n, m] where `counted`, and which of them are `present` by an own value, bool[n, m]."""

    points: Ints
    counted: Bools
    present: Bools


class Into(NamedTuple):
    """Where the sums of domains go: `raw` and `part` int64[n, d], `there` bool[n, d]."""

    raw: Ints
    part: Ints
    there: Bools


@compiled
def add_domain(indicators: Indicators, inside: Inside, into: Into, domain: int) -> None:
    """Σ coefficient × points and Σ maximum of the indicators that count, and whether enough do, of one domain."""
    points, counted, present = indicators
    columns, coefficients, maxima, borrowing, strict, fewest = inside
    raw, part, there = into
    for row in range(points.shape[0]):
        total, most, found, whole = np.int64(0), np.int64(0), 0, True
        for place in range(columns.shape[0]):
            column = columns[place]
            counts = counted[row, column]
            total += coefficients[place] * points[row, column] * counts
            most += maxima[place] * counts
            found += counts & (present[row, column] | (not borrowing[place]))
            whole &= counts | (not strict[place])
        raw[row, domain], part[row, domain] = total, most
        there[row, domain] = whole & (found >= fewest)


@compiled
def half_up(raw: int, full: int, part: int, unit: int) -> int:
    """floor(raw × full ÷ (part × unit) + ½) without leaving 64 bits, where full × part < 2**62; part above 0."""
    whole, rest = (2 * raw) // part, (2 * raw) % part
    return (whole * full + (rest * full) // part + unit) // (2 * unit)


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
def scale_totals(totals: Ints, parts: Ints, scale: Scale) -> Ints:
    """Totals as points, rounded half up once; where something is missing rescaled, rounded coarsely; 0 of nothing."""
    full, divisor, times, unit, coarse, finer = scale
    scaled = np.zeros(totals.shape[0], dtype=np.int64)
    for row in range(totals.shape[0]):
        if parts[row] != full:
            if parts[row] > 0:
                scaled[row] = half_up(totals[row], times, parts[row], coarse) * finer
        elif divisor > 0:
            scaled[row] = half_up(totals[row], 1, divisor, unit)
    return scaled


class Giving(NamedTuple):
    """What domains give to the score: `raw` int64[n, d] where `there`, of `maxima` int64[n, d]."""

    raw: Ints
    there: Bools
    maxima: Ints


@compiled
def add_up_domains(giving: Giving, factors: Ints, asked: Ints, rescales: Bools) -> tuple[Ints, Ints, Ints]:
    """What each domain gives, int64[n, d], their sum and the sum of their maxima, int64[n].

    A domain that is missing and does not rescale counts with the maximum that is asked of it.
    """
    raw, there, maxima = giving
    given = np.zeros((raw.shape[1], raw.shape[0]), dtype=np.int64).T
    totals, parts = np.zeros(raw.shape[0], dtype=np.int64), np.zeros(raw.shape[0], dtype=np.int64)
    for domain in range(raw.shape[1]):
        for row in range(raw.shape[0]):
            share = raw[row, domain] * factors[domain] * there[row, domain]
            given[row, domain] = share
            totals[row] += share
            parts[row] += maxima[row, domain] if there[row, domain] or rescales[domain] else asked[domain]
    return given, totals, parts


class Columns(NamedTuple):
    """Where indicators go: `values`, `points` int64, `present`, `counted` bool, `transformed` int32, all [n, m]."""

    values: Ints
    present: Bools
    counted: Bools
    points: Ints
    transformed: Indexes


class Indicated(NamedTuple):
    """One indicator, [n] each: its own values where present, and points where counted."""

    values: Ints
    present: Bools
    counted: Bools
    points: Ints


@compiled
def put_indicator(indicated: Indicated, most: int, levels: int, into: Columns, column: int) -> None:
    """Writes one indicator; 0 where there is none; transformed are its points as 0…levels of the most, half up."""
    own, there, counts, given = indicated
    values, present, counted, points, transformed = into
    for row in range(own.shape[0]):
        values[row, column] = own[row] * there[row]
        present[row, column], counted[row, column] = there[row], counts[row]
        got = given[row] * counts[row]
        points[row, column] = got
        if most > 0:
            share = (2 * levels * got + most) // (2 * most)
            transformed[row, column] = min(max(share, 0), levels)


class Climb(NamedTuple):
    """Figures asked for step by step: `limits` int64[k] (where `asked`), `at_most` or at least; `unknown` meets all."""

    limits: Ints
    asked: Bools
    at_most: bool
    unknown: bool


@compiled
def climbed(figures: Ints, there: Bools, climb: Climb) -> Ints:
    """How many steps are met from the first without a gap, int64[n]."""
    limits, asked, at_most, unknown = climb
    met = np.zeros(figures.shape[0], dtype=np.int64)
    for row in range(figures.shape[0]):
        for step in range(limits.shape[0]):
            reached = figures[row] <= limits[step] if at_most else figures[row] >= limits[step]
            if asked[step] and not (reached if there[row] else unknown):
                break
            met[row] += 1
    return met


@compiled
def histogram(columns: Indexes, rows: Bools, column: int, levels: int) -> Ints:
    """How many of the rows stand at each level 0…levels - 1 of a column."""
    found = np.zeros(levels, dtype=np.int64)
    for row in range(columns.shape[0]):
        found[columns[row, column]] += rows[row]
    return found


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
