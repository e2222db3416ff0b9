"""Systems as somebody outside writes them, from raw figures: each file against the same rules in plain Python."""

import math
import random
from fractions import Fraction

import pytest
from tests.scoring.outsiders import Row, half_up, policy_in, rated, reached, some

CARE = ("timely_care", "ambulation", "bed_transfer", "bathing", "breathing", "medication", "hospital_use")


def agency(chance: random.Random) -> Row:
    row: Row = {}
    for code in CARE:
        if chance.random() < 0.85:
            row |= {code: chance.randint(0, 60), f"{code}_chance": chance.choice([0.001, 0.05, 0.051, 0.6])}
            row[f"{code}_episodes"] = chance.choice([5, 19, 20, 21, 90, 90, 90])
    return row


def test_us_home_health_by_tenths_and_chance() -> None:
    chance = random.Random(11)
    rows = [agency(chance) for _ in range(120)]
    outcome = rated(policy_in("us-home-health"), rows)
    for at, row in enumerate(rows):
        stars = []
        for code in CARE:
            peers = sorted(other[code] for other in rows if other.get(f"{code}_episodes", 0) >= 20)
            if row.get(f"{code}_episodes", 0) < 20:
                continue
            tenth = sum(row[code] > peers[math.ceil(Fraction(at, 10) * len(peers)) - 1] for at in range(1, 10))
            half_stars = 10 - tenth if code == "hospital_use" else tenth + 1
            if row[f"{code}_chance"] > 0.05:
                half_stars += (half_stars < 5) - (half_stars > 6)
            stars.append(Fraction(half_stars, 2))
        mean = half_up(sum(stars, Fraction(0)) / len(stars), 2) if len(stars) >= 5 else None
        assert outcome.scored[at] == (mean is not None)
        assert outcome.stars[at] == (0 if mean is None else max(int(half_up(mean * 2)) - 1, 1))


MINUTES = [[1, 1, 2, 2, 2], [1, 2, 2, 3, 3], [2, 2, 3, 3, 4], [2, 3, 3, 4, 5], [2, 3, 4, 5, 5]]
ANSWERS = ("experience_always", "experience_mostly", "experience_some", "experience_never")
HARM = ("pressure_injuries", "falls", "weight_loss")


def aged_care_home(chance: random.Random) -> Row:
    parts = sorted(chance.randint(0, 1000) for _ in range(3))
    answers = [b - a for a, b in zip([0, *parts], [*parts, 1000], strict=True)]
    row: Row = {code: part / 10 for code, part in zip(ANSWERS, sorted(answers, reverse=True), strict=True)}
    row |= {"months_clean": chance.choice([0, 11, 12, 36, 50]), "accredited_years": chance.choice([1, 3])}
    row |= {"rn_minutes": chance.randint(32, 52), "rn_target": 40, "care_minutes": chance.randint(170, 240)}
    row |= {"care_target": 200, "flags": {flag for flag in ("NOTICE", "SANCTION") if chance.random() < 0.15}}
    return row | some(chance, list(HARM), lambda: chance.randint(0, 40) / 4, 0.1)


def test_australian_homes_from_raw_figures() -> None:
    chance = random.Random(5)
    rows = [aged_care_home(chance) for _ in range(150)]
    outcome = rated(policy_in("au-star-ratings"), rows)
    for at, row in enumerate(rows):
        told = sum(times * Fraction(str(row[code])) for times, code in zip((4, 3, 2, 1), ANSWERS, strict=True)) / 100
        experience = 1 + reached(half_up(told, 2), [2, "2.5", 3, "3.5"])
        compliance = 3 + reached(row["months_clean"], [12, 36])
        for holds, most in (
            (row["accredited_years"] < 3, 4),
            ("NOTICE" in row["flags"], 2),
            ("SANCTION" in row["flags"], 1),
        ):
            compliance = min(compliance, most) if holds else compliance
        shares = [half_up(Fraction(100 * row[f"{one}_minutes"], row[f"{one}_target"]), 1) for one in ("rn", "care")]
        staffing = MINUTES[reached(shares[0], [90, 100, 105, 115])][reached(shares[1], [90, 100, 105, 115])]
        points = 0
        for code in (code for code in HARM if code in row):
            peers = sorted(other[code] for other in rows if code in other)
            points += 5 - sum(row[code] > peers[math.ceil(Fraction(at, 5) * len(peers)) - 1] for at in range(1, 5))
        quality = 1 + reached(points, [6, 8, 10, 13])
        stars = [experience, compliance, staffing, quality]
        assert outcome.domain_grades[at].tolist() == stars
        weighed = half_up(sum(Fraction(w, 100) * s for w, s in zip((33, 30, 22, 15), stars, strict=True)), 2)
        overall = 1 + reached(weighed, ["1.5", "2.5", "3.5", "4.5"])
        assert outcome.stars[at] == (min(overall, compliance) if compliance <= 2 else overall)


STATEMENTS = ("kindness", "individuals", "independence", "needs", "wellbeing")


def test_an_english_key_question_from_evidence() -> None:
    chance = random.Random(3)
    codes = [f"{one}_{kind}" for one in STATEMENTS for kind in ("people", "staff", "observation")]
    rows = [some(chance, codes, lambda: chance.choice([1, 2, 3, 3, 4, 4, 4]), 0.3) for _ in range(200)]
    rows += [dict.fromkeys(codes, 4), dict.fromkeys(codes, 1), {}]
    outcome = rated(policy_in("uk-cqc-key-question"), rows)
    wanted = []
    for row in rows:
        found = [[row[code] for code in codes if code in row and code.startswith(one)] for one in STATEMENTS]
        shares = [half_up(Fraction(100 * sum(scores), 4 * len(scores))) for scores in found if scores]
        statements = [1 + reached(share, [39, 63, 88]) for share in shares]
        whole = half_up(Fraction(100 * sum(statements), 4 * len(statements))) if statements else Fraction(0)
        rating = 1 + reached(whole, [39, 63, 88]) if statements else 0
        wanted.append(min(rating, {1: 2, 2: 3}.get(min(statements, default=4), 4)))
    assert outcome.stars.tolist() == wanted
    assert set(wanted) == {0, 1, 2, 3, 4}


@pytest.mark.parametrize(
    ("merits", "demerits", "before", "points", "stars"),
    [
        (0, 0, 100, 1000, 4),
        (0, 0, 99.9, 1000, 3),
        (5.5, 2, None, 1035, 3),
        (0, 0.1, 120, 999, 3),
        (None, 10, 120, 900, 3),
        (0, 10.1, 120, 899, 2),
        (0, 30, 120, 700, 1),
        (0, 30.1, 120, 699, 0),
        (0, 150, 120, -500, 0),
    ],
)
def test_north_carolina(merits: float | None, demerits: float, before: float | None, points: int, stars: int) -> None:
    row = {"merits": merits, "demerits": demerits, "score_before": before}
    outcome = rated(policy_in("us-nc-star"), [{code: value for code, value in row.items() if value is not None}])
    assert (int(outcome.score[0]), int(outcome.stars[0])) == (points, stars + 1)


@pytest.mark.parametrize(
    ("scores", "rating"),
    [
        ((5, 5, 5), 5),
        ((5, 5, 10), 4),
        ((10, 5, 5), 4),
        ((15, 0, 0), 2),
        ((10, 10, 5), 3),
        ((5, 20, 0), 1),
        ((15, 10, 10), 2),
        ((20, 10, 20), 1),
        ((25, 0, 0), 0),
        ((20, 15, 20), 0),
    ],
)
def test_food_hygiene_by_the_total_and_the_worst_score(scores: tuple[int, int, int], rating: int) -> None:
    row: Row = dict(zip(("hygiene", "structure", "confidence"), scores, strict=True))
    assert rated(policy_in("uk-food-hygiene"), [row, {"hygiene": 5}]).stars.tolist() == [rating + 1, 0]


def test_home_health_takes_the_better_of_achievement_and_improvement() -> None:
    rows: list[Row] = [
        # (80 - 60) ÷ 40 × 10 = 5 beats 9 × (80 - 75) ÷ 25 = 1.8; (85 - 70) ÷ 20 × 10 = 7.5 without a baseline.
        {"medications": 80, "medications_before": 75, "community": 85},
        # 9 × (55 - 10) ÷ 90 = 4.5 beats an achievement below nothing; the other measure is not there.
        {"medications": 55, "medications_before": 10},
        # Above the benchmark: 9 for improvement at most, 10 and no more for achievement.
        {"medications": 100, "medications_before": 20, "community": 99, "community_before": 95},
        # Worse than the baseline and below the threshold: nothing, which is not missing.
        {"medications": 40, "medications_before": 50, "community": 60, "community_before": 89},
        {"medications_before": 50},
    ]
    outcome = rated(policy_in("us-hhvbp"), rows)
    assert outcome.scored.tolist() == [True, True, True, True, False]
    assert outcome.score.tolist() == [60_000, 45_000, 100_000, 0, 0]
    assert outcome.stars.tolist() == [2, 1, 2, 1, 0]


EVERY_KIND = {"DAILY_CARE", "MEALS", "CLEANING", "LAUNDRY", "CULTURE"}


@pytest.mark.parametrize(
    ("flags", "figures", "grade", "applied"),
    [
        (EVERY_KIND, {"nursing_sessions": 12}, 5, set()),
        (EVERY_KIND, {"nursing_sessions": 11, "counselling_hours": 2.4}, 4, {"FEWER_THAN_SIX_KINDS"}),
        (EVERY_KIND - {"CULTURE"}, {"nursing_sessions": 12, "counselling_hours": 2.5}, 5, set()),
        (EVERY_KIND - {"CULTURE", "LAUNDRY"}, {}, 2, {"FEWER_THAN_SIX_KINDS", "FEWER_THAN_FOUR_KINDS"}),
        (EVERY_KIND, {"nursing_sessions": 12, "environment": 95.9}, 3, {"floor-environment"}),
        (EVERY_KIND - {"MEALS"}, {"nursing_sessions": 12, "counselling_hours": 3}, 0, {"INDISPENSABLE"}),
    ],
)
def test_a_chinese_grade_counts_kinds_of_services(flags: set[str], figures: Row, grade: int, applied: set[str]) -> None:
    row: Row = {"environment": 120, "facilities": 130, "operations": 150, "service": 540, "flags": flags}
    outcome = rated(policy_in("cn-services"), [row | figures])
    assert outcome.stars.tolist() == [grade]
    held = {code for code, limit in zip(outcome.stage_codes, outcome.limits[0], strict=True) if limit}
    assert held - {"base"} == applied


AREAS = ("operation", "safety", "rights", "process", "result")


def korean(chance: random.Random) -> Row:
    row: Row = {"flags": {"REFUSED"} if chance.random() < 0.05 else set()}
    level = chance.choice([0.5, 0.7, 0.85, 0.95, 1.1])
    for area in AREAS:
        if chance.random() < 0.9:
            possible = chance.choice([12, 20, 31.5])
            reached = round(min(possible, possible * level * chance.uniform(0.6, 1.15)), 1)
            row |= {f"{area}_reached": reached, f"{area}_possible": possible}
    return row


def test_korean_grades_by_the_points_that_apply_and_floors_of_areas() -> None:
    chance = random.Random(3)
    rows = [korean(chance) for _ in range(300)]
    outcome, wanted, held = rated(policy_in("kr-long-term-care"), rows), [], 0
    for row in rows:
        pairs = [
            (Fraction(str(row[f"{area}_reached"])), Fraction(str(row[f"{area}_possible"])))
            for area in AREAS
            if f"{area}_possible" in row
        ]
        shares = [half_up(100 * got / possible, 2) for got, possible in pairs]
        whole = 100 * sum(got for got, _ in pairs) / sum(possible for _, possible in pairs)
        grade = reached(half_up(whole, 2), [60, 70, 80, 90])
        floor = reached(min(shares), [40, 50, 60, 70])
        held += floor < grade
        wanted.append(1 if row["flags"] else 1 + min(grade, floor))
    assert outcome.stars.tolist() == wanted
    assert held > 0
    assert set(wanted) == {1, 2, 3, 4, 5}
