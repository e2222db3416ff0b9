"""A change of rating in parts: each part is what it says, and the parts sum to the change."""

from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scoring.mistakes import document
from tests.scoring.strategies import crowds, documents, population_of
from tests.scoring.test_engine import CALM, made_policy

from scoring import Column, Frozen, Policy, Population, Standpoint, moves, score, split_change

Json = dict[str, Any]


def weighted(base: str = "0.5", version: str = "1") -> Policy:
    made = document(weighted=True)
    made["version"] = version
    made["indicators"][0]["weight"] = {"base": base}
    made["indicators"][1]["weight"] = {"base": str(1 - Decimal(base))}
    return Policy.from_document(made)


def one(a: int, b: int) -> Population:
    columns = {"a": np.array([a], dtype=np.int64), "b": np.array([b], dtype=np.int64)}
    return Population(1, {code: Column.of_decimals(values, 0) for code, values in columns.items()})


def parts(change: Json) -> dict[str, str]:
    return {entry["part"]: entry["score"] for entry in change["parts"]}


def stand(policy: Policy, a: int, b: int, of_a: int) -> Standpoint:
    """The figures a and b under a policy, `of_a` millionths of weight on the first."""
    return Standpoint(policy, one(a, b), Frozen({"a": of_a, "b": 1_000_000 - of_a}, {}, {}))


def split(**changed: str) -> dict[str, str]:
    return {"policy": "0.0", "weights": "0.0", "comparison": "0.0", "own_data": "0.0", **changed}


def test_own_data_alone() -> None:
    policy = weighted()
    change = split_change(stand(policy, 1, 5, 500_000), stand(policy, 2, 5, 500_000))
    assert parts(change) == split(own_data="15.0")


def test_weights_then_own_data() -> None:
    policy = weighted()
    change = split_change(stand(policy, 2, 0, 500_000), stand(policy, 1, 0, 600_000))
    assert parts(change) == split(weights="6.0", own_data="-18.0")
    assert change["score"] == "-12.0"
    assert (change["before"]["stars"], change["after"]["stars"], change["grades"]) == (3, 2, -1)


def test_another_policy_with_the_weights_that_stood() -> None:
    change = split_change(stand(weighted(), 2, 0, 500_000), stand(weighted("0.4", "2"), 2, 0, 400_000))
    assert parts(change) == split(weights="-6.0")


def test_a_policy_with_other_indicators_takes_its_own_weights() -> None:
    made = document(weighted=True)
    made["indicators"][0]["code"] = "other"
    made["indicators"][0]["measure"] = "a"
    second = Policy.from_document({**made, "version": "2"})
    after = Standpoint(second, one(2, 0), Frozen({"other": 100_000, "b": 900_000}, {}, {}))
    change = split_change(stand(weighted(), 2, 0, 500_000), after)
    assert parts(change) == split(policy="-24.0")


@settings(CALM, max_examples=60)
@given(st.data())
def test_parts_sum_to_the_change(data: st.DataObject) -> None:
    policy = made_policy(data.draw(documents()))
    stands = []
    for _ in range(2):
        population = population_of(policy, data.draw(crowds(policy)))
        outcome = score(policy, population)
        stands.append((Standpoint(policy, population.take(np.zeros(1, dtype=np.int64)), outcome.frozen), outcome))
    (before, first), (after, second) = stands
    change = split_change(before, after)
    assert change["before"]["stars"] == first.stars[0]
    assert change["after"]["stars"] == second.stars[0]
    assert sum(entry["grades"] for entry in change["parts"]) == change["grades"] == second.stars[0] - first.stars[0]
    shown = [entry["score"] for entry in change["parts"]]
    if all(value is not None for value in shown):
        assert sum(Decimal(value) for value in shown) == Decimal(change["score"])
        assert Decimal(change["score"]) == Decimal(int(second.score[0] - first.score[0])).scaleb(-policy.decimals)


def test_moves_count_who_went_where() -> None:
    before, after = np.array([0, 1, 1, 2, 2], dtype=np.int8), np.array([1, 1, 2, 2, 0], dtype=np.int8)
    assert moves(before, after, 2) == ((0, 1, 0), (0, 1, 1), (1, 0, 1))
    assert sum(map(sum, moves(before, after, 2))) == 5
