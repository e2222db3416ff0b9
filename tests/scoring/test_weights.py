"""Recomputed weights: the projection against a general solver, the formulas by hand, edge cases."""

from fractions import Fraction
from math import isclose, log
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from scoring.inputs import Bools
from scoring.policy.indicators import Bounds
from scoring.projection import project, quantise
from scoring.weights import blend, critic_weights, entropy_weights

CALM = settings(deadline=None, derandomize=True, max_examples=60)


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[Fraction], list[Fraction], list[Fraction]]:
    """Targets with feasible bounds, in thousandths."""
    count = draw(st.integers(1, 8))
    lower = [draw(st.integers(0, 1000 // count)) for _ in range(count)]
    upper = [draw(st.integers(low, 1000)) for low in lower]
    assume(sum(lower) <= 1000 <= sum(upper))
    targets = [draw(st.integers(0, 1000)) for _ in range(count)]
    return tuple([Fraction(value, 1000) for value in values] for values in (targets, lower, upper))  # type: ignore[return-value]


@CALM
@given(problems())
def test_projection_equals_a_quadratic_solver(problem: tuple[list[Fraction], list[Fraction], list[Fraction]]) -> None:
    targets, lower, upper = problem
    nearest = project(targets, lower, upper)
    assert sum(nearest) == 1
    assert all(low <= weight <= high for low, weight, high in zip(lower, nearest, upper, strict=True))
    aim = np.array(targets, dtype=float)
    solved = minimize(
        lambda w: float(((w - aim) ** 2).sum()),
        np.full(len(targets), 1 / len(targets)),
        jac=lambda w: 2 * (w - aim),
        method="SLSQP",
        bounds=[(float(low), float(high)) for low, high in zip(lower, upper, strict=True)],
        constraints=[{"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones_like(w)}],
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert solved.success
    assert np.allclose(np.array(nearest, dtype=float), solved.x, atol=1e-5)


@CALM
@given(problems())
def test_quantised_weights_keep_bounds_and_sum(problem: tuple[list[Fraction], list[Fraction], list[Fraction]]) -> None:
    targets, lower, upper = problem
    nearest = project(targets, lower, upper)
    low, high = [int(value * 10**6) for value in lower], [int(value * 10**6) for value in upper]
    millionths = quantise(nearest, low, high)
    assert sum(millionths) == 10**6
    for weight, exact, least, most in zip(millionths, nearest, low, high, strict=True):
        assert least <= weight <= most
        assert abs(weight - exact * 10**6) < 1


def test_largest_remainder_ties_go_to_the_earlier() -> None:
    assert quantise([Fraction(1, 3)] * 3, [0] * 3, [10**6] * 3) == (333_334, 333_333, 333_333)


def all_of(columns: np.ndarray[tuple[int, ...], np.dtype[Any]]) -> Bools:
    return np.ones(columns.shape[0], dtype=np.bool_)


def test_entropy_by_hand() -> None:
    column = np.array([[10_000], [5_000], [5_000]], dtype=np.int32)
    weight = entropy_weights(column, all_of(column))
    assert weight is not None
    expected = 1 + (0.5 * log(0.5) + 2 * 0.25 * log(0.25)) / log(3)
    assert isclose(weight[0], expected, rel_tol=1e-12)


def test_critic_by_hand() -> None:
    columns = np.array([[0, 10_000], [10_000, 0], [5_000, 5_000]], dtype=np.int32)
    weight = critic_weights(columns, all_of(columns))
    deviation = (2 / 3 * 25e6) ** 0.5
    assert weight == pytest.approx([2 * deviation, 2 * deviation])


def test_a_constant_column_weighs_nothing() -> None:
    columns = np.array([[3, 1], [3, 2], [3, 9]], dtype=np.int32)
    for method in (entropy_weights, critic_weights):
        weights = method(columns, all_of(columns))
        assert weights is not None
        assert weights[0] == 0
        assert weights[1] > 0


@pytest.mark.parametrize("columns", [np.zeros((0, 2)), np.ones((1, 2)), np.full((5, 2), 7)])
def test_nothing_to_say_gives_no_objective_weights(columns: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    assert entropy_weights(columns.astype(np.int32), all_of(columns.astype(np.int32))) is None
    assert critic_weights(columns.astype(np.int32), all_of(columns.astype(np.int32))) is None


def test_row_order_changes_no_bit() -> None:
    columns = np.random.default_rng(5).integers(0, 10_001, (500, 4)).astype(np.int32)
    shuffled = columns[np.random.default_rng(6).permutation(500)]
    assert entropy_weights(columns, all_of(columns)) == entropy_weights(shuffled, all_of(shuffled))
    assert critic_weights(columns, all_of(columns)) == critic_weights(shuffled, all_of(shuffled))


def test_a_lower_bound_at_the_base_weight_is_never_passed() -> None:
    bounds = [Bounds(400_000, 400_000, 800_000), Bounds(300_000, 0, 10**6), Bounds(300_000, 0, 10**6)]
    weights = blend(bounds, [Fraction(0), Fraction(9, 10), Fraction(1, 10)], Fraction(1, 2))
    assert weights[0] == 400_000
    assert sum(weights) == 10**6
