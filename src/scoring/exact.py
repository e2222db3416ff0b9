"""Exact columns: derived measures and the rounding that stands before every cut.

Everything is a ratio of 64-bit integers. Bound: |numerator| × times × 10**decimals and denominator × over stay below
2**61 each; beyond it `NumbersTooLarge` is raised instead of a wrong figure.
"""

from collections.abc import Mapping
from math import gcd, lcm

import numpy as np

from scoring.division import greatest_of, round_half_up
from scoring.inputs import Bools, Column, Ints
from scoring.policy.measures import AS_ZERO, HIGHEST, LEFT_OUT, MISSING, STATED, SUM, Derived, Measure

LIMIT = 2**61


class NumbersTooLarge(ArithmeticError):
    """A measure's numbers leave the range in which 64-bit integers are exact; names the measure."""


def greatest(values: Ints) -> int:
    """The greatest absolute value, 0 of nothing."""
    return max(abs(int(values.min())), abs(int(values.max()))) if values.size else 0


def rounded(measure: Measure, column: Column) -> Ints:
    """The measure times its factor, rounded half up to its decimals, as integers; 0 where missing."""
    shared = gcd(measure.scale, measure.times.denominator)  # with it away, times * scale is in lowest terms
    times, over = measure.times.numerator * (measure.scale // shared), measure.times.denominator // shared
    if int(greatest_of(column.numerator)) * abs(times) >= LIMIT:
        raise NumbersTooLarge(f"the numerators of {measure.code} are too large")
    if int(greatest_of(column.denominator)) * over >= LIMIT:
        raise NumbersTooLarge(f"the denominators of {measure.code} are too large")
    return round_half_up(column.numerator, column.denominator, times, over)


def derive(code: str, rule: Derived, columns: Mapping[int, Column], rows: int) -> Column:
    """A measure worked out from those before it; `rows` is the number of institutions."""
    scale = lcm(*(times.denominator for _, times in rule.terms))
    one = Column.of_decimals(np.ones(rows, dtype=np.int64), 0)
    terms = [(one if index == STATED else columns[index], int(times * scale)) for index, times in rule.terms]
    total = _sum(code, rule, terms, rows) if rule.of == SUM else _furthest(code, rule, terms, rows)
    total = Column(total.numerator, _product(code, total.denominator, np.int64(scale)))
    if rule.multiplied_by >= 0:
        total = _multiply(code, total, columns[rule.multiplied_by])
    if rule.divided_by >= 0:
        total = _divide(code, total, columns[rule.divided_by])
    return _reduced(total.numerator, total.denominator)


def told(measure: Measure, column: Column, values: Ints, as_shown: bool) -> Column:
    """A measure as others are derived from it: times its factor, exact or (`as_shown`) rounded to its decimals."""
    if as_shown:
        return Column(values, np.where(column.present, np.int64(measure.scale), 0))
    if measure.times == 1:
        return column
    top = _product(measure.code, column.numerator, np.int64(measure.times.numerator))
    return _reduced(top, _product(measure.code, column.denominator, np.int64(measure.times.denominator)))


def _sum(code: str, rule: Derived, terms: list[tuple[Column, int]], rows: int) -> Column:
    top, bottom = np.zeros(rows, dtype=np.int64), np.ones(rows, dtype=np.int64)
    for column, times in terms:
        top, bottom = _add(code, top, bottom, column, times)
    top, bottom, present = _fill(code, rule.when_missing, terms, top, bottom)
    return _reduced(top, np.where(present, bottom, 0))


def _furthest(code: str, rule: Derived, terms: list[tuple[Column, int]], rows: int) -> Column:
    """The highest (or lowest) of the terms; what is missing is left out, counts as zero or leaves nothing."""
    top, bottom = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64)
    for column, times in terms:
        there = column.present | (rule.when_missing == AS_ZERO)
        value = _product(code, np.where(column.present, column.numerator, 0), np.int64(times))
        below = np.where(column.present, column.denominator, 1)
        ahead, behind = _product(code, value, bottom), _product(code, top, below)
        better = ahead > behind if rule.of == HIGHEST else ahead < behind
        taken = there & (better | (bottom == 0))
        top, bottom = np.where(taken, value, top), np.where(taken, below, bottom)
    if rule.when_missing == MISSING:
        bottom = np.where(np.logical_and.reduce([column.present for column, _ in terms]), bottom, 0)
    return _reduced(top, bottom)


def _add(code: str, top: Ints, bottom: Ints, column: Column, times: int) -> tuple[Ints, Ints]:
    """top/bottom + times × column, a missing value counting as nothing."""
    below = np.where(column.present, column.denominator, 1)
    shared = np.gcd(bottom, below)
    first = _product(code, top, below // shared)
    second = _product(code, np.where(column.present, column.numerator, 0), (bottom // shared) * np.int64(times))
    total = Column(first + second, _product(code, bottom, below // shared))
    reduced = _reduced(total.numerator, total.denominator)
    return reduced.numerator, reduced.denominator


def _fill(code: str, rule: str, terms: list[tuple[Column, int]], top: Ints, bottom: Ints) -> tuple[Ints, Ints, Bools]:
    everything = np.ones(top.shape[0], dtype=np.bool_)
    if rule == AS_ZERO:
        return top, bottom, everything
    if rule == LEFT_OUT:
        return top, bottom, np.logical_or.reduce([column.present for column, _ in terms])
    if rule == MISSING:
        return top, bottom, np.logical_and.reduce([everything, *(column.present for column, _ in terms)])
    there = np.zeros(top.shape[0], dtype=np.int64)
    for column, times in terms:
        there += np.where(column.present, times, 0)
    whole = np.int64(sum(times for _, times in terms))
    return _product(code, top, whole), _product(code, bottom, np.where(there > 0, there, 1)), there > 0


def _multiply(code: str, column: Column, by: Column) -> Column:
    top = _product(code, column.numerator, np.where(by.present, by.numerator, 0))
    return _reduced(top, _product(code, column.denominator, by.denominator))


def _divide(code: str, column: Column, divisor: Column) -> Column:
    usable = column.present & divisor.present & (divisor.numerator != 0)
    sign = np.where(divisor.numerator < 0, -1, 1)
    top = _product(code, column.numerator, divisor.denominator * sign)
    bottom = _product(code, column.denominator, divisor.numerator * sign)
    return _reduced(top, np.where(usable, bottom, 0))


def _product(code: str, left: Ints, right: Ints | np.int64) -> Ints:
    if greatest(left) * greatest(np.asarray(right)) >= LIMIT:
        raise NumbersTooLarge(f"the numbers of {code} are too large")
    return left * right


def _reduced(top: Ints, bottom: Ints) -> Column:
    shared = np.maximum(np.gcd(top, bottom), 1)
    return Column(top // shared, bottom // shared)
