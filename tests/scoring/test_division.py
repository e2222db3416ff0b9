"""Division by floats where they are exact, by integers where they are not: the figures that fractions give, half up."""

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.division import (
    EXACT_IN_FLOATS,
    Scale,
    greatest_of,
    linear_points,
    put_shares,
    quotient,
    round_half_up,
    scale_totals,
)

LARGE = EXACT_IN_FLOATS - 1
SIZES = st.sampled_from([9, 10**6, LARGE // 40_000, 2**56])
HALF = Fraction(1, 2)


def column(data: st.DataObject, least: int, most: int) -> np.ndarray:
    return np.array(data.draw(st.lists(st.integers(least, most), min_size=1, max_size=9)), dtype=np.int64)


@pytest.mark.parametrize("below", [1, 2, 3, 7, 2**26 + 1, 2**52 + 1, LARGE])
@pytest.mark.parametrize("times", [0, 1, 2, 5, 2**26, 2**52])
def test_a_quotient_is_right_next_to_every_whole_one(below: int, times: int) -> None:
    for top in {sign * (below * times + aside) for aside in (-1, 0, 1) for sign in (-1, 1)} | {LARGE, -LARGE}:
        if abs(top) <= LARGE:
            assert quotient(top, below) == top // below


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_ratios_are_rounded_half_up_whatever_their_size(data: st.DataObject) -> None:
    size, times, over = data.draw(SIZES), data.draw(st.integers(-5, 9)), data.draw(st.integers(1, 9))
    tops = column(data, -size, size)
    below = np.array([data.draw(st.integers(0, size)) for _ in tops], dtype=np.int64)
    wanted = [
        floor(Fraction(int(top) * times, int(under) * over) + HALF) if under else 0
        for top, under in zip(tops, below, strict=True)
    ]
    assert round_half_up(tops, below, times, over).tolist() == wanted


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_lines_are_followed_from_breakpoint_to_breakpoint(data: st.DataObject) -> None:
    size, high = data.draw(st.sampled_from([(9, 9), (10**6, 10**6), (2**30, 2**29)]))
    xs = sorted(data.draw(st.sets(st.integers(-size, size), min_size=1, max_size=5)))
    ys = [data.draw(st.integers(-high, high)) for _ in xs]
    values = column(data, -2 * size, 2 * size)
    found = linear_points(values, np.array(xs, dtype=np.int64), np.array(ys, dtype=np.int64))
    for value, points in zip(values.tolist(), found.tolist(), strict=True):
        inside = min(max(value, xs[0]), xs[-1])
        at = max((place for place in range(len(xs) - 1) if xs[place] <= inside), default=0)
        slope = Fraction(ys[at + 1] - ys[at], xs[at + 1] - xs[at]) if len(xs) > 1 else Fraction(0)
        assert points == ys[at] + floor(slope * (inside - xs[at]) + HALF)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_shares_of_the_most_lie_between_nothing_and_all(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    most, points = data.draw(st.integers(-1, min(size, 2**45))), column(data, -size, size)
    shares = np.full(points.shape[0], 7, dtype=np.int32)
    put_shares(points, most, 10_000, shares)
    exact = [floor(Fraction(10_000 * value, most) + HALF) if most > 0 else 0 for value in points.tolist()]
    assert shares.tolist() == [min(max(share, 0), 10_000) for share in exact]


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_totals_are_scaled_once_and_rescaled_coarsely_where_something_is_missing(data: st.DataObject) -> None:
    totals, full = column(data, -data.draw(SIZES), data.draw(SIZES)), data.draw(st.integers(1, 10**4))
    parts = np.array([data.draw(st.sampled_from([0, full, max(full // 3, 1)])) for _ in totals], dtype=np.int64)
    scale = Scale(full, data.draw(st.integers(0, full)), full, 1000, 10_000, 10)
    found = scale_totals(totals, parts, scale)
    for total, part, points in zip(totals.tolist(), parts.tolist(), found.tolist(), strict=True):
        if part == full:
            assert points == (floor(Fraction(total, scale.divisor * 1000) + HALF) if scale.divisor else 0)
        else:
            assert points == (floor(Fraction(total * full, part * 10_000) + HALF) * 10 if part else 0)


def test_the_greatest_number_of_all_stays_a_number() -> None:
    assert greatest_of(np.array([-(2**63), 5])) == 2**63 - 1
    assert greatest_of(np.array([-7, 5])) == 7
    assert greatest_of(np.array([], dtype=np.int64)) == 0
