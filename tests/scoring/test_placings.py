"""Grades by the place among others: published shares, frozen cuts, groups with a fallback, what is held."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.scoring.test_rating_systems import graded, policy_of

from scoring import Column, Grouping, Outcome, Policy, Population, Previous, explain, score

Json = dict[str, Any]
LINE = {"kind": "linear", "values": [0, 1000], "points": [0, 1000]}


def placed_policy(**placing: Any) -> Policy:
    """Scores of 0 to 1000, graded by their place."""
    made: Json = {"kind": "percentile", "counted_from": "highest", **placing}
    return policy_of(
        max(placing["grades"]),
        ["total"],
        domains=[{"code": "all"}],
        indicators=[{"code": "total", "domain": "all", "transform": LINE}],
        overall={"base": "placing", "placing": made},
        score={"decimals": 0},
    )


def people(values: list[int], provinces: list[str] | None = None) -> Population:
    groups = {}
    if provinces:
        codes = tuple(sorted(set(provinces)))
        groups = {"province": Grouping(np.array([codes.index(p) for p in provinces], dtype=np.int32), codes)}
    return Population(len(values), {"total": Column.of_decimals(np.array(values, dtype=np.int64), 0)}, groups)


def test_shares_of_the_korean_evaluation_of_2013() -> None:
    """3,423 homes by rank: the best tenth A, the next tenth B, half C, a fifth D, the last tenth E.

    Published numbers: 342, 342, 1712, 685, 342 (ministry of health and welfare, April 2014).
    """
    policy = placed_policy(percents=[10, 20, 70, 90], grades=[5, 4, 3, 2, 1])
    ranked = np.random.default_rng(3).permutation(3423)
    wide = Column.of_decimals(ranked.astype(np.int64), 0)
    outcome = score(_finer(policy), Population(3423, {"total": wide}))
    published = {5: 342, 4: 342, 3: 1712, 2: 685, 1: 342}
    assert all(abs(outcome.counts[grade] - number) <= 1 for grade, number in published.items())


def _finer(policy: Policy) -> Policy:
    """The same with room for every rank."""
    (indicator,) = policy.indicators
    transform = replace(indicator.transform, values=(0, 10_000), points=(0, 10_000 * 10**policy.points_decimals))  # type: ignore[call-arg]
    return replace(policy, indicators=(replace(indicator, transform=transform),))


def test_cuts_of_the_score_are_frozen_and_shown() -> None:
    policy = placed_policy(percents=[10, 50, 80, 90], grades=[5, 4, 3, 2, 1])
    whole = people(list(range(0, 1000, 100)))
    full = score(policy, whole)
    assert full.stars.tolist() == [1, 2, 3, 3, 3, 4, 4, 4, 4, 5]
    assert full.frozen.cuts is not None
    assert full.frozen.cuts["overall:score"] == {"nation:": (900, 500, 200, 100)}
    alone = people([500])
    assert score(policy, alone, full.frozen).stars.tolist() == [4]
    assert score(policy, alone).stars.tolist() == [5]
    (base,) = explain(policy, whole, full, 9)["stages"]
    assert base["placing"]["cuts"] == ["900", "500", "200", "100"]
    assert base["placing"]["group"] == "nation:"


def test_a_small_group_falls_back_or_leaves_no_rating() -> None:
    policy = placed_policy(percents=[50], grades=[2, 1], group="province", minimum_group=2)
    rows = people([1, 2, 3], ["A", "A", "B"])
    outcome = score(policy, rows)
    assert outcome.stars.tolist() == [1, 2, 0]
    assert outcome.reasons[outcome.reason[2]].code == "NOBODY_TO_COMPARE"
    fallen = placed_policy(percents=[50], grades=[2, 1], group="province", minimum_group=2, fallback=["nation"])
    assert score(fallen, rows).stars.tolist() == [1, 2, 2]


def before(outcome: Outcome) -> Previous:
    return Previous(
        outcome.values,
        outcome.points,
        outcome.present,
        np.zeros(outcome.n, dtype=np.int8),
        outcome.score,
        outcome.stages[:, 0],
    )


@pytest.mark.parametrize("hold", [True, False])
def test_a_held_grade_moves_only_with_the_own_score(hold: bool) -> None:
    policy = placed_policy(percents=[50], grades=[2, 1], hold=hold)
    first = score(policy, people([100, 200, 300, 400]))
    assert first.stars.tolist() == [1, 1, 2, 2]
    later = score(policy, people([500, 600, 300, 400]), previous=before(first))
    assert later.stars.tolist() == ([2, 2, 2, 2] if hold else [2, 2, 1, 1])


def test_a_domain_graded_by_its_place_can_be_capped() -> None:
    placing = {"kind": "percentile", "counted_from": "lowest", "percents": [50], "grades": [3, 1]}
    policy = policy_of(
        3,
        ["deficiencies"],
        domains=[{"code": "inspection", "placing": placing}],
        indicators=[{"code": "deficiencies", "domain": "inspection", "transform": LINE}],
        overall={"base": "domain", "domain": "inspection"},
        caps=[
            {"code": "ABUSE", "domain": "inspection", "when": {"flag": "ABUSE"}, "at_most": 2, "title": {"en": "abuse"}}
        ],
    )
    column = Column.of_decimals(np.array([4, 8, 15, 16], dtype=np.int64), 0)
    outcome = score(policy, Population(4, {"deficiencies": column}, flags={"ABUSE": np.arange(4) == 0}))
    assert outcome.stars.tolist() == [2, 3, 1, 1]


@pytest.mark.parametrize(
    ("statistic", "multiples", "cuts"),
    [("mean", ["0.5", "1.5"], (200, 600)), ("median", ["1", "2"], (300, 600)), ("deviation", ["-1", "1"], (92, 708))],
)
def test_cuts_about_the_middle_of_the_group(statistic: str, multiples: list[str], cuts: tuple[int, ...]) -> None:
    transform = {"kind": "relative", "of": statistic, "multiples": multiples, "closed": "left", "points": [1, 2, 3]}
    made = graded(["a"], 3)
    made["indicators"][0]["transform"] = transform
    policy = policy_of(3, ["a"], **made, overall={"base": "domain", "domain": "a"}, score={"decimals": 0})
    column = Column.of_decimals(np.array([100, 200, 400, 900], dtype=np.int64), 0)
    outcome = score(policy, Population(4, {"a": column}))
    assert outcome.frozen.cuts is not None
    assert outcome.frozen.cuts["a"]["nation:"] == cuts
