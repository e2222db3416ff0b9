"""The way up: the least number found equals the one found by trying every set of carers on the roster itself."""

import json
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scoring.reference_staff import OPEN, Paper, Post, Staff
from tests.scoring.rosters import DAY, roster_of, staffs

from scoring import (
    Column,
    Frozen,
    Policy,
    Population,
    Previous,
    Situation,
    load_policy,
    score,
    shipped_policies,
    way_up,
    workforce_measures,
)
from scoring import staff as counts
from scoring.workforce import staff_work

Json = dict[str, Any]
NATIONAL = load_policy(shipped_policies()["cn-national"])
JUNIOR, SENIOR_TECHNICIAN = 2, 6


def skilled(level: int) -> Paper:
    return Paper("SKILL_LEVEL", "CARER", level, DAY - 1, OPEN, OPEN)


def staffing(overall: Json, indicators: list[Json], **parts: Any) -> Policy:
    """A policy on the roster alone, with the workforce rules of the national one."""
    rules = json.loads(NATIONAL.canonical)["workforce"]
    codes = {indicator["measure"] for indicator in indicators} | {"skill_configuration", "senior_skill_ratio"}
    return Policy.from_document(
        {
            "code": "staffing",
            "version": "1",
            "title": {"en": "staffing"},
            "legal_basis": ["none"],
            "effective_from": "2024-01-01",
            "governs": {"region": "CN"},
            "grades": [{"code": f"G{at}", "title": {"en": str(at)}} for at in range(1, 5)],
            "measures": [{"code": code, "source": "roster", "decimals": 4} for code in sorted(codes)],
            "domains": [{"code": "staff", "cuts": [25, 50, 75]}],
            "indicators": [{"domain": "staff", "missing": "zero", **indicator} for indicator in indicators],
            "overall": overall,
            "workforce": rules,
            **parts,
        }
    )


LINEAR = {"kind": "linear", "values": [0, 1], "points": [0, 50]}
BY_SUM = staffing(
    {"base": "score", "cuts": [25, 50, 75]},
    [
        {"code": "held", "measure": "certified_ratio", "transform": LINEAR},
        {"code": "skill", "measure": "skill_configuration", "transform": LINEAR},
    ],
)
BY_TABLE = staffing(
    {"base": "domain", "domain": "staff"},
    [
        {
            "code": "both",
            "measure": "certified_ratio",
            "transform": {
                "kind": "matrix",
                "column_measure": "skill_configuration",
                "row_cuts": ["0.3", "0.7"],
                "column_cuts": ["0.4", "0.8"],
                "closed": "left",
                "points": [[0, 30, 40], [30, 60, 20], [55, 70, 90]],
            },
        }
    ],
    requirements=[{"measure": "senior_skill_ratio", "at_least": {"4": "0.2"}}],
)


def situation(policy: Policy, staff: Staff, frozen: Frozen) -> Situation:
    roster = roster_of(staff)
    columns = workforce_measures(policy, roster, DAY)
    one = Population(len(staff.beds), columns).take(np.zeros(1, dtype=np.int64))
    return Situation(one, frozen, roster, 0, DAY)


def stars(policy: Policy, staff: Staff) -> int:
    columns = workforce_measures(policy, roster_of(staff), DAY)
    return int(score(policy, Population(len(staff.beds), columns)).stars[0])


def with_papers(staff: Staff, added: dict[int, Paper]) -> Staff:
    held = {who: [*staff.papers.get(who, []), paper] for who, paper in added.items()}
    return replace(staff, papers={**staff.papers, **held})


def rises(policy: Policy, staff: Staff) -> list[tuple[str, int, Staff]]:
    """Every set of carers certified or moved up one level, told by what a certificate more does to the measures."""
    found: list[tuple[str, int, Staff]] = []
    people = {post.person for post in staff.posts if post.institution == 0 and post.occupation == "CARER"}
    alone = {who: _state(policy, staff, who) for who in people}
    for way, chosen in (
        ("certify", {who: skilled(JUNIOR) for who in people if alone[who] == 0}),
        ("promote", {who: skilled(min(alone[who], 8)) for who in people if alone[who] > 0}),
    ):
        for number in range(1, len(chosen) + 1):
            for group in combinations(sorted(chosen), number):
                found.append((way, number, with_papers(staff, {who: chosen[who] for who in group})))
    return found


def _state(policy: Policy, staff: Staff, who: int) -> int:
    """0 uncertified on a post that counts, n > 0 the next level of one who is certified, -1 neither."""
    assert policy.workforce is not None
    work = staff_work(policy.workforce, roster_of(staff), DAY)
    here = counts.counting_posts(work, 0)
    on_post = [
        row
        for row in range(int(work.posts.offsets[0]), int(work.posts.offsets[1]))
        if work.posts.role[row] & counts.CARER
        and work.posts.started[row] <= DAY < work.posts.ended[row]
        and here[row]
        and _person(staff, row) == who
    ]
    if not on_post:
        return -1
    index = work.posts.person[on_post[0]]
    if not work.held.bits[index] & counts.CERTIFIED:
        return 0
    appointed = max(int(work.posts.appointed[row]) for row in on_post)
    level = max(int(work.held.level[index]), appointed)
    return -1 if level == 8 else max(level + 1, JUNIOR)


def _person(staff: Staff, row: int) -> int:
    return sorted(staff.posts, key=lambda post: post.institution)[row].person


@settings(max_examples=60, deadline=None, derandomize=True)
@given(staffs(), st.sampled_from([BY_SUM, BY_TABLE]))
def test_least_numbers_equal_those_of_every_set(staff: Staff, policy: Policy) -> None:
    now = stars(policy, staff)
    told = way_up(policy, situation(policy, staff, Frozen()))
    if now == 4:
        assert told["target"] is None
        return
    assert told["target"]["stars"] == now + 1
    counts = {way["way"]: way["count"] for way in told["ways"]}
    tried = [(way, number) for way, number, other in rises(policy, staff) if stars(policy, other) > now]
    for way in ("certify", "promote"):
        numbers = [number for kind, number in tried if kind == way]
        assert counts[way] == (min(numbers) if numbers else None)


def hired(staff: Staff, number: int) -> Staff:
    posts = [Post(1000 + at, 0, "CARER", 1000, DAY, OPEN) for at in range(number)]
    return with_papers(
        replace(staff, posts=[*staff.posts, *posts]), {1000 + at: skilled(JUNIOR) for at in range(number)}
    )


@settings(max_examples=40, deadline=None, derandomize=True)
@given(staffs(), st.sampled_from([BY_SUM, BY_TABLE]))
def test_hires_are_the_least_that_reach_the_grade(staff: Staff, policy: Policy) -> None:
    told = way_up(policy, situation(policy, staff, Frozen()))
    now = stars(policy, staff)
    (hire,) = [way for way in told["ways"] if way["way"] == "hire"] or [None]
    if hire is None:
        return
    if hire["count"] is None:
        assert all(stars(policy, hired(staff, number)) <= now for number in (1, 5, 40))
    else:
        assert stars(policy, hired(staff, hire["count"])) == hire["stars"] > now
        assert all(stars(policy, hired(staff, number)) <= now for number in range(1, hire["count"]))


def national(certified: int, **values: Any) -> tuple[Staff, dict[str, Column]]:
    """Ten full-time carers, so many certified as senior technicians, and full marks of the assessment."""
    posts = [Post(at, 0, "CARER", 1000, DAY - 900, OPEN) for at in range(10)]
    staff = Staff([50], [(0, 0, 6, 0)], posts, {at: [skilled(SENIOR_TECHNICIAN)] for at in range(certified)})
    full = {"environment": 120, "facilities": 130, "operations": 150, "service": 600, **values}
    parts = {
        f"assessment_{part}": Column.of_decimals(np.array([most], dtype=np.int64), 0) for part, most in full.items()
    }
    return staff, parts


def national_situation(certified: int, flags: dict[str, Any] | None = None, **values: Any) -> Situation:
    staff, parts = national(certified, **values)
    roster = roster_of(staff)
    population = Population(1, {**parts, **workforce_measures(NATIONAL, roster, DAY)}, flags=flags or {})
    base = {indicator.code: indicator.weight.base for indicator in NATIONAL.indicators if indicator.weight}
    return Situation(population, Frozen(base, {}, {}), roster, 0, DAY)


def test_a_requirement_names_the_carers_it_lacks() -> None:
    told = way_up(NATIONAL, national_situation(6))
    assert told["target"] == {"stars": 4, "code": "GRADE_4"}
    certify = told["ways"][0]
    assert (certify["way"], certify["count"], certify["searched_up_to"], certify["stars"]) == ("certify", 1, 4, 4)
    assert [entry["code"] for entry in told["obstacles"]] == ["requires-certified"]
    assert told["obstacles"][0]["value"] == "0.6000"
    assert told["obstacles"][0]["demand"] == "0.7000"


def test_a_floor_that_no_certificate_lifts_remains() -> None:
    told = way_up(NATIONAL, national_situation(10, environment=60))
    assert [way["count"] for way in told["ways"]] == [None, None, None]
    assert [entry["code"] for entry in told["remaining"]] == ["floor-environment"]
    assert told["remaining"][0]["demand"] == "600.00"


@pytest.mark.parametrize(
    ("flag", "grade", "kept"), [("ABUSE_FINDING", 2, "ABUSE_FINDING"), ("UNLICENSED", 1, "UNLICENSED")]
)
def test_a_cap_stands_in_the_way(flag: str, grade: int, kept: str) -> None:
    told = way_up(NATIONAL, national_situation(10, flags={flag: np.array([True])}))
    assert told["target"]["stars"] == grade
    assert [entry["code"] for entry in told["remaining"]] == [kept]


def test_missing_assessment_is_what_stands_in_the_way() -> None:
    staff, _ = national(10)
    roster = roster_of(staff)
    population = Population(1, workforce_measures(NATIONAL, roster, DAY))
    base = {indicator.code: indicator.weight.base for indicator in NATIONAL.indicators if indicator.weight}
    told = way_up(NATIONAL, Situation(population, Frozen(base, {}, {}), roster, 0, DAY))
    assert told["remaining"][0]["code"] == "NO_ASSESSMENT"


def test_the_upgrade_limit_stands_in_the_way() -> None:
    policy = staffing(
        {"base": "score", "cuts": [25, 50, 75], "upgrade_limit": 1},
        [{"code": "held", "measure": "certified_ratio", "transform": {**LINEAR, "points": [0, 100]}}],
    )
    staff, _ = national(10)
    roster = roster_of(staff)
    nothing = np.zeros((1, 1), dtype=np.int64)
    before = Previous(nothing, nothing, nothing.astype(np.bool_), np.array([1], dtype=np.int8))
    one = Population(1, workforce_measures(policy, roster, DAY))
    told = way_up(policy, Situation(one, Frozen(), roster, 0, DAY, before))
    assert told["target"]["stars"] == 3
    assert [entry["stage"] for entry in told["remaining"]] == ["upgrade-limit"]


def test_a_held_place_is_searched_against_the_frozen_cuts() -> None:
    placing = {"kind": "percentile", "counted_from": "lowest", "percents": [25, 50, 75], "grades": [1, 2, 3, 4]}
    policy = staffing(
        {"base": "placing", "placing": placing},
        [{"code": "held", "measure": "certified_ratio", "transform": {**LINEAR, "points": [0, 100]}}],
    )
    staff, _ = national(3)
    frozen = Frozen(None, {"overall:score": {"nation:": (2000, 4500, 7100)}}, {})
    told = way_up(policy, situation(policy, staff, frozen))
    assert told["ways"][0]["count"] == 2
    assert told["obstacles"][0] == {"stage": "base", "code": "base", "grade": 2, "value": "30.00", "demand": "45.00"}
    with pytest.raises(ValueError, match="last full run"):
        way_up(policy, situation(policy, staff, Frozen()))


def test_the_highest_grade_has_no_way_up() -> None:
    staff, _ = national(10)
    assert way_up(BY_SUM, situation(BY_SUM, staff, Frozen())) == {
        "target": None,
        "ways": [],
        "obstacles": [],
        "remaining": [],
    }


def test_a_policy_without_a_roster_names_only_obstacles() -> None:
    policy = load_policy(shipped_policies()["us-cms-staffing"])
    measures = {code: Column.of_decimals(np.array([2], dtype=np.int64), 0) for code in policy.imported_measures}
    told = way_up(policy, Situation(Population(1, measures), Frozen()))
    assert told["ways"] == []
    assert told["remaining"][0]["stage"] == "base"
