"""The engine against the plain reference, and what must hold for any policy and population."""

import json
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.scoring.reference import rate
from tests.scoring.reference_rows import Institution, Rating
from tests.scoring.strategies import crowds, documents, population_of
from tests.scoring.test_runs import made_population

from scoring import Frozen, Outcome, Policy, PolicyInvalid, Population, explain, load_policy, score, shipped_policies

CALM = settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def made_policy(document: dict[str, Any]) -> Policy:
    try:
        return Policy.from_document(document)
    except PolicyInvalid as invalid:
        if {problem.rule for problem in invalid.problems} - {"unreachable-grade", "unreachable-rule", "shadowed"}:
            raise
        assume(False)
        raise


def engine_rows(policy: Policy, outcome: Outcome, i: int) -> tuple[Any, ...]:
    points, unit = 10**policy.points_decimals, 10**policy.decimals
    return (
        [Fraction(int(v), points) if c else None for v, c in zip(outcome.points[i], outcome.counted[i], strict=True)],
        [
            Fraction(int(v), unit) if t else None
            for v, t in zip(outcome.domain_points[i], outcome.domain_present[i], strict=True)
        ],
        outcome.domain_grades[i].tolist(),
        Fraction(int(outcome.score[i]), unit) if outcome.scored[i] else None,
        int(outcome.stars[i]),
        [Fraction(int(value), unit) for value in outcome.contributions[i]],
        {scope: int(getattr(outcome.ranks, scope)[i]) for scope in ("nation", "region", "kind")},
    )


def reference_rows(rating: Rating) -> tuple[Any, ...]:
    domains = rating.domain_points, rating.domain_grades
    return rating.points, *domains, rating.score, rating.grade, rating.contributions, rating.ranks


@settings(CALM, max_examples=250)
@given(st.data())
def test_engine_equals_reference(data: st.DataObject) -> None:
    policy = made_policy(data.draw(documents()))
    crowd: list[Institution] = data.draw(crowds(policy))
    outcome = score(policy, population_of(policy, crowd))
    ratings, weights = rate(policy, crowd)
    if policy.weighted:
        assert list(outcome.weights.final) == weights
    for i, rating in enumerate(ratings):
        assert engine_rows(policy, outcome, i) == reference_rows(rating)


def same_rows(one: Outcome, other: Outcome, rows: np.ndarray[Any, Any]) -> None:
    for name in (
        "points",
        "score",
        "stars",
        "contributions",
        "domain_points",
        "domain_grades",
        "stages",
        "limits",
        "reason",
    ):
        assert np.array_equal(getattr(one, name)[rows], getattr(other, name)), name
    for scope in ("nation", "region", "kind"):
        assert np.array_equal(getattr(one.ranks, scope)[rows], getattr(other.ranks, scope)), scope


@settings(CALM, max_examples=60)
@given(st.data())
def test_row_order_and_shards_change_nothing(data: st.DataObject) -> None:
    policy = made_policy(data.draw(documents()))
    population = population_of(policy, data.draw(crowds(policy)))
    whole = score(policy, population)
    order = np.array(data.draw(st.permutations(range(population.n))), dtype=np.int64)
    shuffled = score(policy, population.take(order))
    same_rows(whole, shuffled, order)
    assert shuffled.weights == whole.weights
    assert (shuffled.input_digest, shuffled.output_digest) == (whole.input_digest, whole.output_digest)
    shard = order[: max(1, population.n // 2)]
    held = Frozen.from_document(json.loads(json.dumps(whole.frozen.as_document())))
    same_rows(whole, score(policy, population.take(shard), held), shard)


def test_threads_at_once_change_no_bit() -> None:
    national = load_policy(shipped_policies()["cn-national"])
    population = made_population(national, 3000)
    alone = score(national, population)
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda _: score(national, population), range(8)))
    assert {outcome.output_digest for outcome in together} == {alone.output_digest}


@settings(CALM, max_examples=60)
@given(st.data())
def test_contributions_weights_and_counts_add_up(data: st.DataObject) -> None:
    policy = made_policy(data.draw(documents()))
    population = population_of(policy, data.draw(crowds(policy)))
    outcome = score(policy, population)
    assert np.array_equal(outcome.contributions.sum(axis=1), outcome.score)
    assert sum(outcome.weights.final) == 1_000_000
    bounds = zip(outcome.weights.lower, outcome.weights.final, outcome.weights.upper, strict=True)
    assert all(low <= weight <= high for low, weight, high in bounds)
    assert sum(outcome.counts) == population.n
    assert outcome.counts == tuple(np.bincount(outcome.stars, minlength=len(policy.grades) + 1).tolist())


@settings(CALM, max_examples=40)
@given(st.data())
def test_trace_tells_the_rating(data: st.DataObject) -> None:
    policy = made_policy(data.draw(documents()))
    population = population_of(policy, data.draw(crowds(policy)))
    outcome = score(policy, population)
    for i in range(population.n):
        trace = json.loads(json.dumps(explain(policy, population, outcome, i)))
        parts = sum(Fraction(line["contribution"]) for line in trace["indicators"])
        assert parts == (Fraction(trace["score"]) if trace["score"] is not None else 0)
        assert trace["stars"] == trace["stages"][-1]["after"] == outcome.stars[i]
        assert (trace["reason"] is not None) or trace["stars"] > 0


@settings(CALM, max_examples=60)
@given(documents())
def test_canonical_form_round_trips(document: dict[str, Any]) -> None:
    policy = made_policy(document)
    again = load_policy(policy.canonical)
    assert again.sha256 == policy.sha256
    assert again.canonical == policy.canonical
    assert (again.indicators, again.rules, again.score) == (policy.indicators, policy.rules, policy.score)


def test_empty_population_is_scored() -> None:
    for data in shipped_policies().values():
        outcome = score(load_policy(data), Population(0, {}))
        assert outcome.n == 0
        assert sum(outcome.counts) == 0
