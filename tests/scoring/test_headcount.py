"""Counting posts: how many threads share the work changes no bit, however people are spread over institutions."""

import numpy as np
import pytest

from scoring import staff
from scoring.headcount import Rows, count_rows

COEFFICIENTS = np.arange(5_000, 15_000, 1_000, dtype=np.int64)


def drawn(seed: int, institutions: int, people: int) -> Rows:
    """Posts of any kind, people on several of them at several institutions, some institutions without any."""
    draws = np.random.default_rng(seed)
    sizes = draws.integers(0, 9, institutions) * (draws.random(institutions) < 0.8)
    rows = int(sizes.sum())
    skill = draws.integers(0, 10, rows)
    carer = staff.ON_POST | staff.COUNTED | skill << staff.SKILL_BIT | staff.AS_SENIOR * ((skill >= 5) & (skill < 9))
    for bit in (staff.IS_CERTIFIED, staff.HAS_FIRST_AID, staff.IN_DEMENTIA, staff.EXPIRES):
        carer |= bit * draws.integers(0, 2, rows)
    others = [staff.AS_SOCIAL_WORKER, staff.AS_NURSE, staff.HAS_LEFT]
    facts = np.choose(draws.integers(0, 4, rows), [carer, *others]).astype(np.int16)
    person = draws.integers(0, people, rows).astype(np.int32)
    fte = draws.integers(1, 1001, rows).astype(np.int16)
    return Rows(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), person, fte, facts, COEFFICIENTS)


@pytest.mark.parametrize("seed", range(5))
def test_the_number_of_threads_changes_no_bit(seed: int) -> None:
    rows = drawn(seed, 300, 200)
    whole = np.arange(300, dtype=np.int64)
    alone = count_rows(rows, whole, 200, 1)
    assert alone.any(axis=0).all()
    for threads in (2, 3, 4):
        assert np.array_equal(count_rows(rows, whole, 200, threads), alone)
    some = np.array([7, 3, 299, 0, 120], dtype=np.int64)
    assert np.array_equal(count_rows(rows, some, 200, 4), alone[some])


@pytest.mark.parametrize("threads", [None, 1, 4])
def test_nobody_is_counted_nowhere(threads: int | None) -> None:
    rows = drawn(1, 3, 5)
    assert count_rows(rows, np.zeros(0, dtype=np.int64), 5, threads).shape == (0, staff.COLUMNS)
