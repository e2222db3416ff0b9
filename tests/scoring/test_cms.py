"""Published ratings of US nursing homes come out of policy files: staffing and overall stars of 89 of 89."""

import csv
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from scoring import Column, Grouping, Population, Previous, explain, load_policy, score, shipped_policies

DATA = Path(__file__).parent / "data"
Row = dict[str, str]


@pytest.fixture(scope="module")
def sample() -> list[Row]:
    with (DATA / "cms_staffing_2023-01.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def column(rows: list[Row], name: str) -> Column:
    scaled = [int(Decimal(row[name] or 0).scaleb(5)) for row in rows]
    return Column.of_decimals(np.array(scaled, dtype=np.int64), 5, np.array([row[name] != "" for row in rows]))


def staffing_population(rows: list[Row]) -> Population:
    policy = load_policy(shipped_policies()["us-cms-staffing"])
    measures = {code: column(rows, code) for code in policy.imported_measures}
    flag = np.array([row["staffing_rating_footnote"] == "12" for row in rows])
    return Population(len(rows), measures, flags={"FOOTNOTE_12": flag})


def test_staffing_stars_of_89_of_89(sample: list[Row]) -> None:
    policy = load_policy(shipped_policies()["us-cms-staffing"])
    outcome = score(policy, staffing_population(sample))
    assert outcome.stars.tolist() == [int(row["staffing_rating"]) for row in sample]
    assert outcome.n == 89
    exceptional = [outcome.reasons[at].code for at in outcome.reason]
    assert exceptional.count("STAFFING_EXCEPTION") == 6
    rescaled = ~outcome.counted.all(axis=1) & outcome.scored
    assert int((rescaled & (np.array(exceptional) == "")).sum()) == 26


def test_not_submitted_hours_without_footnote_are_not_rated(sample: list[Row]) -> None:
    row = {**sample[1], "adjusted_rn_hprd": "", "staffing_rating_footnote": ""}
    policy = load_policy(shipped_policies()["us-cms-staffing"])
    outcome = score(policy, staffing_population([row]))
    assert outcome.stars.tolist() == [0]
    assert outcome.reasons[outcome.reason[0]].code == "HOURS_NOT_SUBMITTED"


def test_rescaled_score_is_points_times_380_over_points_available(sample: list[Row]) -> None:
    policy = load_policy(shipped_policies()["us-cms-staffing"])
    rows = [row for row in sample if row["ccn"] == "015010"]
    population = staffing_population(rows)
    trace = explain(policy, population, score(policy, population), 0)
    points = {line["code"]: line["points"] for line in trace["indicators"]}
    assert points["administrators_left"] is None
    given = sum(Decimal(value) for value in points.values() if value is not None)
    assert int(trace["score"]) == round(given * 380 / 350)


def test_overall_stars_of_89_of_89(sample: list[Row]) -> None:
    policy = load_policy((DATA / "us-cms-overall.toml").read_bytes())
    names = {"health_inspection": "health_inspection_rating", "staffing": "staffing_rating", "quality": "qm_rating"}
    measures = {code: column(sample, name) for code, name in names.items()}
    flags = {"ABUSE": np.array([row["abuse_icon"] == "Y" for row in sample])}
    outcome = score(policy, Population(len(sample), measures, flags=flags))
    assert outcome.stars.tolist() == [int(row["overall_rating"]) for row in sample]


def health_population(rows: list[Row]) -> Population:
    codes = sorted({row["state"] for row in rows})
    states = Grouping(np.array([codes.index(row["state"]) for row in rows], dtype=np.int32), tuple(codes))
    measures = {f"cycle_{at}": column(rows, f"cycle{at}_total_health_score") for at in (1, 2, 3)}
    return Population(len(rows), measures, {"province": states})


def test_published_health_score_is_derived_from_three_cycles(sample: list[Row]) -> None:
    policy = load_policy((DATA / "us-cms-health-score.toml").read_bytes())
    outcome = score(policy, health_population(sample))
    published = [int(Decimal(row["total_weighted_health_survey_score"]).scaleb(3)) for row in sample]
    assert outcome.values[:, 0].tolist() == published


def test_stars_by_state_follow_the_ranks_within_it(sample: list[Row]) -> None:
    policy = load_policy((DATA / "us-cms-health-score.toml").read_bytes())
    outcome = score(policy, health_population(sample))
    for state in {row["state"] for row in sample}:
        rows = [i for i in range(89) if sample[i]["state"] == state]
        for i in rows:
            better = sum(outcome.values[other, 0] < outcome.values[i, 0] for other in rows)
            share = Fraction(int(better), len(rows))
            limits = (Fraction(1, 10), Fraction(1, 3), Fraction(17, 30), Fraction(4, 5))
            assert outcome.stars[i] == 5 - sum(share >= limit for limit in limits)


def test_a_held_percentile_moves_only_with_the_own_score(sample: list[Row]) -> None:
    policy = load_policy((DATA / "us-cms-health-score.toml").read_bytes())
    first = score(policy, health_population(sample))
    later = [{**row, "cycle1_total_health_score": "0"} if at % 2 else row for at, row in enumerate(sample)]
    before = Previous(first.values, first.points, first.present, np.zeros(89, dtype=np.int8))
    held = score(policy, health_population(later), previous=before)
    free = score(policy, health_population(later))
    same = held.values[:, 0] == first.values[:, 0]
    assert np.array_equal(held.stars[same], first.stars[same])
    assert np.array_equal(held.stars[~same], free.stars[~same])
    assert not np.array_equal(free.stars[same], first.stars[same])
