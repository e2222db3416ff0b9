"""Work shared among threads: how many there are changes no bit, and what is counted is what sorting finds."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import Column, Grouping, Outcome, Policy, Population, load_policy, score, sharing, shipped_policies
from scoring.kernels import Giving
from scoring.quantiles import standing_at
from scoring.splitting import Parts, contributions


def crowd(policy: Policy, n: int) -> Population:
    dice = np.random.default_rng(7)
    measures = {
        measure.code: Column(dice.integers(0, 90, n), dice.integers(0, 60, n))
        for measure in policy.measures
        if measure.derived is None
    }
    groups = {"province": Grouping(dice.integers(0, 3, n).astype(np.int32), ("110000", "220000", "370000"))}
    return Population(n, measures, groups)


def outcome_with(monkeypatch: pytest.MonkeyPatch, threads: int, policy: Policy, population: Population) -> Outcome:
    monkeypatch.setattr(sharing, "LEAST_SHARD", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: threads)
    return score(policy, population)


@pytest.mark.parametrize("name", sorted(shipped_policies()))
def test_how_many_threads_rate_changes_no_bit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = load_policy(shipped_policies()[name])
    population = crowd(policy, 301)
    alone = outcome_with(monkeypatch, 1, policy, population)
    for threads in (2, 3, 4):
        shared = outcome_with(monkeypatch, threads, policy, population)
        assert shared.output_digest == alone.output_digest
        assert shared.distributions == alone.distributions
        assert list(shared.frozen.cuts or ()) == list(alone.frozen.cuts or ())
        assert list(shared.frozen.standings or ()) == list(alone.frozen.standings or ())


def test_a_thread_more_splits_scores_alike() -> None:
    dice = np.random.default_rng(8)
    points, counted = dice.integers(0, 500, (3, 97)).T, dice.random((3, 97)).T > 0.3
    members = np.array([[True, True, False], [False, False, True]])
    parts = Parts.of(points, counted, members * np.array([3, 2, 5]), members)
    scores, raw, there = dice.integers(0, 900, 97), dice.integers(0, 50, (2, 97)).T, dice.random((2, 97)).T > 0.2
    whole = np.ones(2, dtype=np.int64)
    domains = Giving(raw, there, whole, raw, whole, True)
    alone = contributions(scores, domains, parts, 1)
    assert np.array_equal(alone.sum(axis=1), np.where((raw * there).any(axis=1), scores, 0))
    for threads in (2, 3, 4, 200):
        assert np.array_equal(contributions(scores, domains, parts, threads), alone)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_what_stands_at_a_place_is_what_sorting_puts_there(data: st.DataObject) -> None:
    widest = data.draw(st.sampled_from([3, 40, 2**40]))
    values = data.draw(st.lists(st.integers(-widest, widest), min_size=1, max_size=30))
    places = data.draw(st.lists(st.integers(0, len(values) - 1), min_size=1, max_size=5))
    assert standing_at(np.array(values), places) == tuple(sorted(values)[place] for place in places)


def test_shards_hold_every_row_once() -> None:
    assert sharing.shards_of(10, 3) == [(0, 3), (3, 6), (6, 10)]
    assert [sharing.threads_for(rows) for rows in (0, sharing.LEAST_SHARD)] == [1, 1]
