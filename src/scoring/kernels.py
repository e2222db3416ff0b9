"""The compiled loops: integers only, one pass each, no loop whose order could matter.

Arrays of shape (rows, columns) are in Fortran order, so that a column is contiguous.
"""

from math import log
from typing import NamedTuple

import numpy as np

from scoring.division import BLOCK, Whole, compiled
from scoring.inputs import Bools, Indexes, Ints


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
def add_shares(given: Ints, there: Bools, factor: int, totals: Ints) -> None:
    """Adds a factor times what is there to the totals, all [rows]."""
    for row in range(given.shape[0]):
        totals[row] += given[row] * factor * there[row]


@compiled
def add_maximum(there: Bools, most: Whole, missing: Whole, parts: Ints) -> None:
    """Adds the most where it is there, or what counts where it is missing, to the parts, all [rows]."""
    for row in range(there.shape[0]):
        parts[row] += missing + (most - missing) * there[row]


@compiled
def count_indicator(own: Bools, counted: Bools, strict: bool, found: Indexes, there: Bools) -> None:
    """Counts the rows that have it of their own, and notes where it must count and does not, all [rows]."""
    for row in range(counted.shape[0]):
        found[row] += np.int32(counted[row] & own[row])
    if strict:
        for row in range(counted.shape[0]):
            there[row] &= counted[row]


@compiled
def add_domain(indicators: Indicators, inside: Inside, into: Into, domain: int) -> None:
    """Σ coefficient × points and Σ maximum of the indicators that count, and whether enough do, of one domain."""
    points, counted, present = indicators
    for start in range(0, points.shape[0], BLOCK):
        rows = slice(start, min(start + BLOCK, points.shape[0]))
        raw, part, there = into.raw[rows, domain], into.part[rows, domain], into.there[rows, domain]
        found = np.zeros(raw.shape[0], np.int32)
        raw[:], part[:], there[:] = 0, 0, True
        for place in range(inside.columns.shape[0]):
            column = inside.columns[place]
            counts = counted[rows, column]
            own = present[rows, column] if inside.borrowing[place] else counts
            add_shares(points[rows, column], counts, inside.coefficients[place], raw)
            add_maximum(counts, inside.maxima[place], 0, part)
            count_indicator(own, counts, inside.strict[place], found, there)
        for row in range(raw.shape[0]):
            there[row] &= found[row] >= inside.fewest


class Giving(NamedTuple):
    """What domains give to the score: `raw` int64[n, d] where `there`, times `factors` int64[d].

    Its maxima are `part` int64[n, d] times `factors`, or `full` int64[d] where `flat`.
    """

    raw: Ints
    there: Bools
    factors: Ints
    part: Ints
    full: Ints
    flat: bool


@compiled
def add_maxima(maxima: Ints, there: Bools, factor: Whole, missing: Whole, parts: Ints) -> None:
    """Adds the maximum of a domain, or what it counts with where it is missing, to the parts, all [rows]."""
    for row in range(there.shape[0]):
        parts[row] += missing + (maxima[row] * factor - missing) * there[row]


@compiled
def add_up_domains(giving: Giving, rescales: Bools) -> tuple[Ints, Ints]:
    """What domains give together and the sum of their maxima, int64[n] each.

    A domain that is missing and does not rescale counts with the whole maximum that is asked of it.
    """
    raw, there, factors, part, full, flat = giving
    totals, parts = np.zeros(raw.shape[0], dtype=np.int64), np.zeros(raw.shape[0], dtype=np.int64)
    for start in range(0, raw.shape[0], BLOCK):
        rows = slice(start, min(start + BLOCK, raw.shape[0]))
        for domain in range(raw.shape[1]):
            add_shares(raw[rows, domain], there[rows, domain], factors[domain], totals[rows])
            missing = np.int64(0) if rescales[domain] else full[domain]
            if flat:
                add_maximum(there[rows, domain], full[domain], missing, parts[rows])
            else:
                add_maxima(part[rows, domain], there[rows, domain], factors[domain], missing, parts[rows])
    return totals, parts


@compiled
def masked(values: Ints, there: Bools, into: Ints) -> None:
    """Writes values where they are there, 0 elsewhere."""
    for row in range(values.shape[0]):
        into[row] = values[row] * there[row]


@compiled
def pass_cut(values: Ints, cut: int, found: Indexes) -> None:
    """Adds one where a value is at or above a cut."""
    for row in range(values.shape[0]):
        found[row] += np.int32(values[row] >= cut)


@compiled
def passed(values: Ints, cuts: Ints, closed_left: bool) -> Indexes:
    """How many cuts int64[k] a value has passed, as `bins` counts them, all values against the same cuts."""
    found = np.zeros(values.shape[0], dtype=np.int32)
    for start in range(0, values.shape[0], BLOCK):
        end = min(start + BLOCK, values.shape[0])
        for cut in cuts:
            pass_cut(values[start:end], cut if closed_left else cut + 1, found[start:end])
    return found


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
