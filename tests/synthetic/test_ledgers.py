"""Training and awards are consistent, and as often and as dear as documented."""

from collections import Counter
from decimal import Decimal

from tests.synthetic.conftest import Register, Row

from registry.synthetic import DEFAULT_AS_OF

HOURS = {"JUNIOR": 80, "INTERMEDIATE": 100, "SENIOR": 120, "TECHNICIAN": 140, "SENIOR_TECHNICIAN": 160}
SUBSIDIES = {"JUNIOR": 1000, "INTERMEDIATE": 1500, "SENIOR": 2000, "TECHNICIAN": 3000, "SENIOR_TECHNICIAN": 3500}
AWARDS = {"JUNIOR": 500, "INTERMEDIATE": 1000, "SENIOR": 2000, "TECHNICIAN": 3000, "SENIOR_TECHNICIAN": 5000}
HOURS["SPECIAL_GRADE_TECHNICIAN"], AWARDS["SPECIAL_GRADE_TECHNICIAN"] = 160, 8000
SUBSIDIES["SPECIAL_GRADE_TECHNICIAN"] = 3500


def led_to(register: Register, course: Row) -> list[Row]:
    """The skill certificates that a course may have led to."""
    return [
        held
        for held in register.held[course["citizen_id"]]
        if held["kind"] == "SKILL_LEVEL" and held["level"] == course["level"] and held["issued_on"] > course["ended_on"]
    ]


def share(hits: int, whole: int, expected: float, slack: float) -> None:
    assert abs(hits / whole - expected) <= slack, (hits / whole, expected)


def test_a_passed_course_of_a_level_led_to_its_certificate_at_its_school(register: Register) -> None:
    schools = {row["organisation_code"]: row["evaluator_code"] for row in register.tables["evaluation-organisations"]}
    passed = [row for row in register.tables["training"] if row["level"] and row["result"] == "PASSED"]
    for row in passed:
        held = led_to(register, row)
        assert [certificate["evaluator_code"] for certificate in held] == [schools[row["provider_code"]]]
    skill = [row for row in register.tables["certificates"] if row["kind"] == "SKILL_LEVEL"]
    share(len(passed), len(skill), 0.4, 0.03)


def test_who_has_no_certificate_is_under_way_has_failed_or_given_up(register: Register) -> None:
    novices = [row for row in register.tables["training"] if row["result"] != "PASSED"]
    assert {row["level"] for row in novices} == {"JUNIOR"}
    results = Counter(row["result"] for row in novices)
    for result, expected in {"UNDER_WAY": 0.5, "FAILED": 0.3, "WITHDRAWN": 0.2}.items():
        share(results[result], len(novices), expected, 0.12)
    for row in novices:
        assert (row["ended_on"] is None) == (row["result"] == "UNDER_WAY")
        assert row["started_on"] <= DEFAULT_AS_OF


def test_hours_and_subsidies_follow_the_level(register: Register) -> None:
    training = register.tables["training"]
    assert all(row["hours"] == HOURS.get(row["level"] or "", 24) for row in training)
    paid = [row for row in training if row["subsidy_amount"] is not None]
    assert all(row["subsidy_amount"] == SUBSIDIES[row["level"]] for row in paid)
    assert all((row["subsidy_paid_on"] is None) == (row["subsidy_amount"] is None) for row in training)
    for row in paid:
        assert row["result"] == "PASSED"
        assert led_to(register, row)[0]["issued_on"] < row["subsidy_paid_on"] <= DEFAULT_AS_OF
    passed = [row for row in training if row["level"] and row["result"] == "PASSED"]
    share(len(paid), len(passed), 0.62, 0.04)


def test_no_subsidy_and_no_award_is_paid_twice(register: Register) -> None:
    paid = Counter(
        (row["citizen_id"], row["occupation"], row["level"])
        for row in register.tables["training"]
        if row["subsidy_amount"] is not None
    )
    assert set(paid.values()) == {1}
    assert set(Counter((row["citizen_id"], row["level"]) for row in register.tables["awards"]).values()) == {1}


def test_refreshers_have_no_level_and_cost_nothing(register: Register) -> None:
    refreshers = [row for row in register.tables["training"] if row["level"] is None]
    assert {(row["programme"], row["result"], row["subsidy_amount"]) for row in refreshers} == {
        ("失智照护专题培训", "PASSED", None)
    }
    skill = [row for row in register.tables["certificates"] if row["kind"] == "SKILL_LEVEL"]
    share(len(refreshers), len(skill), 0.1, 0.015)


def test_awards_rest_on_a_certificate_of_their_level(register: Register) -> None:
    certificates = {row["certificate_number"]: row for row in register.tables["certificates"]}
    for row in register.tables["awards"]:
        held = certificates[row["certificate_number"]]
        assert (held["citizen_id"], held["level"]) == (row["citizen_id"], row["level"])
        assert held["issued_on"] < row["awarded_on"] <= DEFAULT_AS_OF
        assert row["amount"] == Decimal(AWARDS[row["level"]])


def test_higher_levels_are_awarded_more_often(register: Register) -> None:
    skill = Counter(row["level"] for row in register.tables["certificates"] if row["kind"] == "SKILL_LEVEL")
    awarded = Counter(row["level"] for row in register.tables["awards"])
    for level, expected in {"JUNIOR": 0.05, "INTERMEDIATE": 0.15, "SENIOR": 0.5, "TECHNICIAN": 0.6}.items():
        share(awarded[level], skill[level], expected * 0.88, 0.1 * expected + 0.02)
