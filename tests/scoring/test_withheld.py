"""What counts only where a condition holds, what stands in for a missing value, what makes up for it: by hand."""

import json

import numpy as np
import pytest
from tests.scoring.outsiders import rated
from tests.scoring.test_rating_systems import Json, policy_of

from scoring import Frozen, Outcome, Policy, PolicyInvalid, Population, Words, explain, load_policy, score

TENFOLD = {"kind": "identity", "times": 10, "maximum": 1000}
TO_100 = {"overall": {"base": "score", "cuts": [50, 100]}, "domains": [{"code": "all"}]}


def test_a_measure_counts_only_where_its_condition_holds() -> None:
    when = {"all": [{"measure": "residents", "at_least": 20}, {"not": {"flag": "DOUBTFUL"}}]}
    share = {"code": "share", "source": "imported", "decimals": 1, "when": when}
    indicator = {"code": "share", "domain": "all", "transform": TENFOLD}
    document: Json = json.loads(policy_of(3, ["residents", "share"], **TO_100, indicators=[indicator]).canonical)
    policy = Policy.from_document({**document, "measures": [document["measures"][0], share]})
    rows = [{"residents": 20, "share": 5}, {"residents": 19, "share": 5}, {"share": 5}]
    outcome = rated(policy, [*rows, {**rows[0], "flags": {"DOUBTFUL"}}])
    assert outcome.present[:, 0].tolist() == [True, False, False, False]
    assert [outcome.reasons[at].code for at in outcome.reason] == ["", *["share.missing"] * 3]


def conditional() -> Policy:
    """The value's place in the nation counts where the flag is not raised."""
    placed = {"kind": "percentile", "counted_from": "lowest", "percents": [50], "points": [100, 0]}
    indicator = {"code": "a", "domain": "all", "when": {"not": {"flag": "OUT"}}, "missing": "zero", "transform": placed}
    return policy_of(3, ["a"], **TO_100, indicators=[indicator])


def test_an_indicator_that_does_not_count_is_still_compared_with() -> None:
    outcome = rated(conditional(), [{"a": 1, "flags": {"OUT"}}, {"a": 2, "flags": {"OUT"}}, {"a": 3}, {"a": 4}])
    assert outcome.frozen.cuts == {"a": {"nation:": (2,)}}
    assert outcome.points[:, 0].tolist() == [0, 0, 0, 0]
    assert outcome.present[:, 0].tolist() == [False, False, True, True]


def test_the_trace_tells_what_was_withheld() -> None:
    policy = conditional()
    population = Population(2, {}, flags={"OUT": np.array([True, False])})
    outcome = score(policy, population)
    told = [explain(policy, population, outcome, i)["indicators"][0]["withheld"] for i in (0, 1)]
    assert told == [True, False]


def borrowing(rule: str, **groups: object) -> Policy:
    missing = {"rule": rule, "group": "province", "minimum_group": 2, **groups}
    indicator = {"code": "a", "domain": "all", "missing": missing, "transform": TENFOLD}
    return policy_of(3, ["a", "b"], **TO_100, indicators=[indicator, {**indicator, "code": "b", "missing": "zero"}])


STATES = [{"state": "N", "a": 1}, {"state": "N", "a": 2}, {"state": "N", "a": 6}, {"state": "N"}, {"state": "S"}]


@pytest.mark.parametrize(("rule", "stands_in"), [("mean", 3), ("median", 2)])
def test_the_groups_figure_stands_in_and_small_groups_lend_none(rule: str, stands_in: int) -> None:
    outcome = rated(borrowing(rule), STATES)
    assert (outcome.points[:, 0] // 10**4).tolist() == [10, 20, 60, 10 * stands_in, 0]
    assert outcome.counted[:, 0].tolist() == [True, True, True, True, False]
    assert outcome.present[:, 0].tolist() == [True, True, True, False, False]


def test_the_figure_of_a_full_run_stands_in_until_the_next() -> None:
    policy = borrowing("mean", fallback="nation")
    whole = rated(policy, STATES)
    assert whole.frozen.cuts == {"missing:a": {"province:N": (3,), "nation:": (3,)}}
    held = Frozen.from_document(whole.frozen.as_document())
    outcome = score(policy, Population(1, {}), held)
    assert outcome.points[0, 0] == 30 * 10**4
    assert policy.compares


def test_a_borrowed_figure_is_none_of_ones_own() -> None:
    document: Json = {**TO_100, "domains": [{"code": "all", "minimum_indicators": 2, "missing": "not-rated"}]}
    missing = {"rule": "mean"}
    indicators = [{"code": c, "domain": "all", "missing": missing, "transform": TENFOLD} for c in "abc"]
    rows = [{"a": 5, "b": 5, "c": 5}, {"a": 5, "b": 5}, {"a": 5}]
    outcome = rated(policy_of(3, ["a", "b", "c"], **document, indicators=indicators), rows)
    assert outcome.domain_present[:, 0].tolist() == [True, True, False]
    assert outcome.score.tolist() == [15000, 15000, 0]


def mean_of_three(**rescale: str) -> Outcome:
    scales = {"a": 100, "b": 60, "c": 20}
    indicators = [
        {
            "code": code,
            "domain": "all",
            "factor": "1/3",
            "missing": "rescale",
            "transform": {"kind": "identity", "maximum": most},
        }
        for code, most in scales.items()
    ]
    document: Json = {**TO_100, "overall": {"base": "score", "cuts": [10, 20]}, "score": {"decimals": 1, **rescale}}
    rows = [{"a": 50, "b": 40, "c": 15}, {"a": 50, "b": 40}, {"c": 15}]
    return rated(policy_of(3, ["a", "b", "c"], **document, indicators=indicators), rows)


def test_missing_points_are_made_up_for_by_points_or_by_factors() -> None:
    # 105 ÷ 3; (50 + 40) ÷ 3 × 180 ÷ 160 or the mean of two; 15 ÷ 3 × 180 ÷ 20 or 15 itself.
    assert mean_of_three().score.tolist() == [350, 338, 450]
    assert mean_of_three(rescale_by="factor").score.tolist() == [350, 450, 150]


WORDED = """
code = "worded"
version = "1"
title = { en = "worded" }
legal_basis = "none"
effective_from = 2024-01-01
governs = { region = "CN", kinds = "CARE_HOMES" }
grades = [{ code = "A", title = { en = "a" } }, { code = "B", title = { en = "b" } }]
measures = [{ code = "certified_ratio", source = "roster", decimals = 2 }]
domains = [{ code = "d" }]
overall = { base = "score", cuts = [1] }
[[indicators]]
code = "certified_ratio"
domain = "d"
[indicators.transform]
kind = "percentile"
group = "state"
counted_from = "lowest"
percents = 50
points = [0, 1]
[[caps]]
code = "c"
when = { group = { level = "kind", in = ["NURSING"] } }
at_most = 1
title = { en = "c" }
[workforce]
carers = "CARERS"
certified = { kinds = ["SKILL"] }
"""


def test_words_that_the_register_does_not_use_are_told() -> None:
    words = Words(("CARE_HOME", "NURSING_HOME"), ("nation", "province", "kind"), ("SKILL_LEVEL",), ("CARER",))
    text = WORDED.replace("percents = 50", "percents = [50]")
    assert load_policy(text.encode()).code == "worded"
    with pytest.raises(PolicyInvalid) as raised:
        load_policy(text.encode(), words)
    found = {problem.path: problem.remedy_en.split("?")[0] for problem in raised.value.problems}
    assert found == {
        "governs.kinds": "Did you mean 'CARE_HOME'",
        "indicators.0.transform.group": "Known: nation, province, kind.",
        "caps.0.when.group.in.0": "Did you mean 'NURSING_HOME'",
        "workforce.carers": "Did you mean 'CARER'",
        "workforce.certified.kinds.0": "Did you mean 'SKILL_LEVEL'",
    }
    assert all(problem.line for problem in raised.value.problems)


@pytest.mark.parametrize(
    ("wrong", "right", "meant"),
    [
        ("decimal = 2", "decimals = 2", "decimals"),
        ('measure = "certifed_ratio"\ndomain = "d"', 'domain = "d"', "certified_ratio"),
        ("overal = ", "overall = ", "overall"),
        ("perecnts = [50]", "percents = 50", "percents"),
    ],
)
def test_a_mistake_tells_the_word_that_was_probably_meant(wrong: str, right: str, meant: str) -> None:
    text = WORDED.replace(right, wrong).replace("percents = 50", "percents = [50]")
    with pytest.raises(PolicyInvalid) as raised:
        load_policy(text.encode())
    remedies = [problem.remedy_en for problem in raised.value.problems]
    assert any(f"Did you mean '{meant}'?" in remedy for remedy in remedies)


def test_one_mistake_does_not_bring_others() -> None:
    with pytest.raises(PolicyInvalid) as raised:
        load_policy(WORDED.replace("percents = 50", "percents = [50]").replace("overall =", "overal =").encode())
    assert sorted((problem.path, problem.rule) for problem in raised.value.problems) == [
        ("overal", "unknown-key"),
        ("overall", "required"),
    ]
