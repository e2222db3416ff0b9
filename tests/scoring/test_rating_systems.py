"""Rating systems as published elsewhere, as policies: counting rules, weighted domains with caps, matrices."""

import json
from typing import Any

import numpy as np
import pytest

from scoring import (
    Column,
    Listing,
    Outcome,
    Policy,
    Population,
    Previous,
    apply_credit_caps,
    credit_points_of,
    load_policy,
    score,
    shipped_policies,
)

Json = dict[str, Any]


def policy_of(grades: int, measures: list[str], **parts: Any) -> Policy:
    made: Json = {
        "code": "system",
        "version": "1",
        "title": {"en": "system"},
        "legal_basis": ["published method"],
        "effective_from": "2022-01-01",
        "governs": {"region": "XX"},
        "grades": [{"code": f"G{at + 1}", "title": {"en": str(at + 1)}} for at in range(grades)],
        "measures": [{"code": code, "source": "imported", "decimals": 0} for code in measures],
        **parts,
    }
    return Policy.from_document(made)


def graded(codes: list[str], highest: int) -> Json:
    """Domains whose grades are imported as they are."""
    cuts = list(range(2, highest + 1))
    return {
        "domains": [{"code": code, "cuts": cuts} for code in codes],
        "indicators": [{"code": c, "domain": c, "transform": {"kind": "identity", "maximum": highest}} for c in codes],
    }


def rated(policy: Policy, rows: list[list[int | None]], **flags: list[bool]) -> Outcome:
    measures = {}
    for at, code in enumerate(policy.imported_measures):
        values = [row[at] for row in rows]
        numbers = np.array([value or 0 for value in values], dtype=np.int64)
        measures[code] = Column.of_decimals(numbers, 0, np.array([value is not None for value in values]))
    return score(policy, Population(len(rows), measures, flags={name: np.array(flag) for name, flag in flags.items()}))


KEY_QUESTIONS = ["safe", "effective", "caring", "responsive", "well_led"]


@pytest.fixture(scope="module")
def counting() -> Policy:
    """Five key questions, four grades: inadequate, requires improvement, good, outstanding."""

    def at_least(grade: int, number: int) -> Json:
        return {"count": "domains", "having": {"at_least": grade}, "at_least": number}

    def at_most(grade: int, number: int) -> Json:
        return {"count": "domains", "having": {"at_most": grade}, "at_least": number}

    rules = [
        {"grade": 1, "when": at_most(1, 2)},
        {"grade": 2, "when": {"any": [at_most(1, 1), at_most(2, 2)]}},
        {"grade": 4, "when": {"all": [at_least(4, 2), at_least(3, 5)]}},
    ]
    cap = {"code": "BREACH", "when": {"flag": "BREACH"}, "at_most": 2, "title": {"en": "breach of regulations"}}
    overall = {"base": "rules", "rules": rules, "otherwise": 3}
    return policy_of(4, KEY_QUESTIONS, **graded(KEY_QUESTIONS, 4), overall=overall, caps=[cap], score={"decimals": 0})


@pytest.mark.parametrize(
    ("questions", "breach", "grade"),
    [
        ([3, 3, 3, 3, 3], False, 3),
        ([4, 4, 3, 3, 3], False, 4),
        ([4, 4, 4, 4, 2], False, 3),
        ([4, 3, 3, 3, 3], False, 3),
        ([3, 3, 3, 2, 2], False, 2),
        ([3, 3, 3, 3, 1], False, 2),
        ([4, 4, 4, 1, 1], False, 1),
        ([4, 4, 3, 3, 3], True, 2),
        ([1, 1, 3, 3, 3], True, 1),
    ],
)
def test_counting_rules_with_a_limiter(counting: Policy, questions: list[int | None], breach: bool, grade: int) -> None:
    outcome = rated(counting, [questions], BREACH=[breach])
    assert outcome.stars.tolist() == [grade]
    assert bool(outcome.limits[0, outcome.stage_codes.index("BREACH")]) is (breach and grade == 2)


@pytest.fixture(scope="module")
def weighted_domains() -> Policy:
    """Experience 33 %, compliance 30 %, staffing 22 %, quality 15 %; compliance caps at one and two stars."""
    codes = ["experience", "compliance", "staffing", "quality"]
    factors = zip(codes, ["0.33", "0.30", "0.22", "0.15"], strict=True)
    caps = [
        {
            "code": f"COMPLIANCE_{at}",
            "when": {"domain_grade": "compliance", "equals": at},
            "at_most": at,
            "title": {"en": "cap"},
        }
        for at in (1, 2)
    ]
    return policy_of(
        5,
        codes,
        **graded(codes, 5),
        score={"of": "grades", "decimals": 2, "domains": [{"domain": code, "factor": f} for code, f in factors]},
        overall={"base": "score", "cuts": ["1.5", "2.5", "3.5", "4.5"]},
        caps=caps,
    )


@pytest.mark.parametrize(
    ("stars", "points", "grade"),
    [
        ([5, 5, 5, 5], 500, 5),
        ([4, 3, 4, 3], 355, 4),
        ([4, 3, 3, 4], 348, 3),
        ([5, 2, 5, 5], 410, 2),
        ([5, 1, 5, 5], 380, 1),
    ],
)
def test_weighted_domain_stars_with_compliance_caps(
    weighted_domains: Policy, stars: list[int | None], points: int, grade: int
) -> None:
    outcome = rated(weighted_domains, [stars])
    assert (int(outcome.score[0]), int(outcome.stars[0])) == (points, grade)
    assert int(outcome.contributions[0].sum()) == points


def test_a_missing_domain_leaves_no_rating_and_says_why(weighted_domains: Policy) -> None:
    outcome = rated(weighted_domains, [[5, 5, None, 5]])
    assert outcome.stars.tolist() == [0]
    assert outcome.reasons[outcome.reason[0]].code == "staffing.missing"


def test_matrix_of_two_measures() -> None:
    matrix = {
        "kind": "matrix",
        "column_measure": "total",
        "row_cuts": [100, 115],
        "column_cuts": [100, 115],
        "closed": "left",
        "points": [[1, 2, 2], [2, 3, 4], [2, 4, 5]],
    }
    indicator = {"code": "minutes", "measure": "nurse", "domain": "staffing", "transform": matrix}
    domains = [{"code": "staffing", "cuts": [2, 3, 4, 5]}]
    overall = {"base": "domain", "domain": "staffing"}
    policy = policy_of(5, ["nurse", "total"], domains=domains, indicators=[indicator], overall=overall)
    rows: list[list[int | None]] = [[99, 99], [99, 120], [100, 100], [114, 115], [115, 114], [115, 115], [115, None]]
    assert rated(policy, rows).stars.tolist() == [1, 2, 3, 4, 4, 5, 0]


def test_steps_apply_in_order_and_clamp_after_each() -> None:
    steps = [
        {"when": {"domain_grade": "staffing", "equals": 5}, "change": 1},
        {"when": {"domain_grade": "quality", "equals": 1}, "change": -1},
    ]
    codes = ["inspection", "staffing", "quality"]
    overall = {"base": "domain", "domain": "inspection", "steps": steps}
    policy = policy_of(5, codes, **graded(codes, 5), overall=overall)
    rows: list[list[int | None]] = [[5, 5, 1], [3, 5, 1], [1, 3, 1], [3, 5, 3]]
    outcome = rated(policy, rows)
    assert outcome.stars.tolist() == [4, 3, 1, 4]
    assert outcome.stages[0].tolist() == [5, 5, 4]


def test_a_table_of_two_domain_grades() -> None:
    codes = ["care", "safety"]
    overall = {"base": "table", "domain": "care", "column_domain": "safety", "table": [[1, 1, 2], [1, 2, 2], [2, 3, 3]]}
    policy = policy_of(3, codes, **graded(codes, 3), overall=overall)
    rows: list[list[int | None]] = [[1, 2], [2, 2], [3, 1], [3, 2], [1, 3]]
    assert rated(policy, rows).stars.tolist() == [1, 2, 2, 3, 2]


def test_one_grade_better_than_another_domain() -> None:
    codes = ["inspection", "staffing"]
    when = {
        "all": [
            {"domain_grade": "staffing", "at_least": 4},
            {"domain_grade": "staffing", "above": {"domain_grade": "inspection"}},
        ]
    }
    overall = {"base": "domain", "domain": "inspection", "steps": [{"when": when, "change": 1}]}
    policy = policy_of(5, codes, **graded(codes, 5), overall=overall)
    assert rated(policy, [[3, 4], [4, 4], [3, 3]]).stars.tolist() == [4, 4, 3]


def test_an_indicator_may_stand_in_several_domains() -> None:
    domains = [{"code": "short"}, {"code": "long"}, {"code": "all", "cuts": [100, 200]}]
    linear = {"kind": "linear", "values": [0, 100], "points": [0, 100]}
    indicators = [
        {"code": "s", "domains": [{"domain": "short"}, {"domain": "all", "factor": "1.5"}], "transform": linear},
        {"code": "l", "domains": [{"domain": "long"}, {"domain": "all"}], "transform": linear},
    ]
    score_part = {"decimals": 1, "domains": [{"domain": "all"}]}
    overall = {"base": "domain", "domain": "all"}
    policy = policy_of(3, ["s", "l"], domains=domains, indicators=indicators, score=score_part, overall=overall)
    outcome = rated(policy, [[50, 26]])
    assert outcome.domain_points.tolist() == [[500, 260, 1010]]
    assert outcome.score.tolist() == [1010]
    assert outcome.contributions.tolist() == [[750, 260]]


def test_upgrade_limit_holds_one_grade_a_year() -> None:
    codes = ["inspection"]
    overall = {"base": "domain", "domain": "inspection", "upgrade_limit": 1}
    policy = policy_of(5, codes, **graded(codes, 5), overall=overall)
    values = Column.of_decimals(np.array([5, 5, 1], dtype=np.int64), 0)
    nothing = np.zeros((3, 1), dtype=np.int64)
    before = Previous(nothing, nothing, nothing.astype(np.bool_), np.array([2, 0, 4], dtype=np.int8))
    outcome = score(policy, Population(3, {"inspection": values}), previous=before)
    assert outcome.stars.tolist() == [3, 5, 1]


def test_floors_requirements_and_caps_of_the_national_policy() -> None:
    policy = load_policy(shipped_policies()["cn-national"])
    full = {"environment": 120, "facilities": 130, "operations": 150, "service": 600}
    measures = {
        f"assessment_{part}": Column.of_decimals(np.full(6, most, dtype=np.int64), 0) for part, most in full.items()
    }
    weak = np.array([120, 47, 48, 120, 120, 120], dtype=np.int64)
    measures["assessment_environment"] = Column.of_decimals(weak, 0)
    for code in (
        "skill_configuration",
        "senior_skill_ratio",
        "first_aid_ratio",
        "social_workers_per_100_beds",
        "nurse_per_bed",
    ):
        measures[code] = Column.of_decimals(np.full(6, 1, dtype=np.int64), 0)
    measures["certified_ratio"] = Column(
        np.array([10, 10, 10, 6, 10, 10], dtype=np.int64), np.full(6, 10, dtype=np.int64)
    )
    measures["carer_turnover_12m"] = Column.of_decimals(np.zeros(6, dtype=np.int64), 0)
    flags = {"ABUSE_FINDING": np.arange(6) == 4, "UNLICENSED": np.arange(6) == 5}
    outcome = score(policy, Population(6, measures, flags=flags))
    assert outcome.stars.tolist() == [5, 0, 1, 3, 1, 0]
    codes = [outcome.reasons[at].code for at in outcome.reason]
    assert codes == ["", "floor-environment", "", "", "", "UNLICENSED"]


def test_national_policy_without_assessment_or_carers_says_why() -> None:
    policy = load_policy(shipped_policies()["cn-national"])
    outcome = score(policy, Population(1, {"certified_ratio": Column.of_decimals(np.ones(1, dtype=np.int64), 0)}))
    assert outcome.reasons[outcome.reason[0]].code == "NO_ASSESSMENT"
    parts = ("environment", "facilities", "operations", "service")
    assessed = {f"assessment_{part}": Column.of_decimals(np.full(1, 100, dtype=np.int64), 0) for part in parts}
    outcome = score(policy, Population(1, assessed))
    assert outcome.reasons[outcome.reason[0]].code == "NO_CARERS"


@pytest.mark.parametrize("name", ["cn-national", "cn-jilin", "cn-inner-mongolia", "cn-zibo"])
def test_certified_staff_never_weigh_less_than_their_base_weight(name: str) -> None:
    policy = load_policy(shipped_policies()[name])
    bounds = {indicator.code: indicator.weight for indicator in policy.indicators}
    for code in ("certified_ratio", "skill_configuration", "senior_skill_ratio"):
        bound = bounds[code]
        assert bound is not None
        assert bound.lower == bound.base


@pytest.mark.parametrize(
    ("name", "region", "raised"),
    [
        ("cn-jilin", "220000", {"certified_ratio", "social_workers_per_100_beds"}),
        (
            "cn-inner-mongolia",
            "150000",
            {
                "skill_configuration",
                "senior_skill_ratio",
                "dementia_care_adequacy",
                "first_aid_ratio",
                "social_workers_per_100_beds",
            },
        ),
        ("cn-zibo", "370300", {"certified_ratio"}),
    ],
)
def test_regional_policies_raise_what_their_source_asks(name: str, region: str, raised: set[str]) -> None:
    weights = {}
    for code in ("cn-national", name):
        policy = load_policy(shipped_policies()[code])
        weights[code] = {one.code: one.weight for one in policy.indicators if one.weight}
    assert policy.governs.region == region
    base = {code: weight.base for code, weight in weights["cn-national"].items()}
    assert {code for code, weight in weights[name].items() if weight.base > base[code]} == raised
    assert all(weights[name][code].lower == weights[name][code].base for code in raised)
    parts = [weights[name][code].base for code in ("environment", "facilities", "operations", "service")]
    assert [part * 1000 // sum(parts) for part in parts] == [120, 130, 150, 600]


def test_the_target_of_zibo_is_ninety_percent() -> None:
    policy = load_policy(shipped_policies()["cn-zibo"])
    (demand,) = [one for one in policy.rules.requirements if one.code == "requires-certified"]
    assert demand.limits == (None, None, 7000, 9000, 9000)


def test_credit_caps_act_when_asked() -> None:
    policy = load_policy(shipped_policies()["cn-national"])
    assert apply_credit_caps(policy, 5, []).stars == 5
    watched = apply_credit_caps(policy, 5, [Listing("WATCH", "X")])
    assert (watched.stars, [cap.code for cap in watched.applied], watched.suspended) == (3, ["WATCH_LIST"], False)
    assert apply_credit_caps(policy, 2, [Listing("WATCH", "X")]).applied == ()
    barred = apply_credit_caps(policy, 4, [Listing("WATCH", "X"), Listing("BLACK", "Y")])
    assert (barred.stars, barred.suspended) == (0, True)
    assert apply_credit_caps(policy, 4, [Listing("RED", "Z")]).stars == 4


def test_red_entries_add_points_once_a_rule_when_asked() -> None:
    document = json.loads(load_policy(shipped_policies()["cn-national"]).canonical)
    rules = [
        {"code": "HONEST", "points": "1.5", "title": {"en": "honest"}},
        {"code": "MODEL", "points": "2", "ground": "DEDICATION", "while_disputed": False, "title": {"en": "model"}},
    ]
    policy = load_policy(json.dumps({**document, "credit_points": rules}).encode())
    assert load_policy(policy.canonical).credit_points == policy.credit_points

    def given(*entries: Listing) -> list[tuple[str, int]]:
        return [(rule.code, rule.points) for rule in credit_points_of(policy, entries)]

    assert given() == given(Listing("BLACK", "DEDICATION"), Listing("WATCH", "DEDICATION")) == []
    assert given(Listing("RED", "X"), Listing("RED", "Y")) == [("HONEST", 150)]
    assert given(Listing("RED", "DEDICATION")) == [("HONEST", 150), ("MODEL", 200)]
    assert given(Listing("RED", "DEDICATION", disputed=True)) == [("HONEST", 150)]
