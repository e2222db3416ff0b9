"""Published systems that score many criteria: England's quality statements (2024), Germany's care grades (2009)."""

from typing import Any

import pytest
from tests.scoring.test_rating_systems import policy_of, rated

from scoring import Policy

Json = dict[str, Any]
QUESTIONS = {"safe": 8, "effective": 6, "caring": 5, "responsive": 7, "well_led": 8}
INADEQUATE, REQUIRES_IMPROVEMENT, GOOD, OUTSTANDING = 1, 2, 3, 4


@pytest.fixture(scope="module")
def quality_statements() -> Policy:
    """34 statements of 1 to 4 points; a key question's share of its most in percent: 39, 63, 88 make the next rating.

    A statement of 1 holds its question below good, one of 2 or less below outstanding; key questions are counted
    as England's care quality commission aggregates them, and a breach of regulations holds the whole.
    """
    statements = {f"{question}_{at}": question for question, count in QUESTIONS.items() for at in range(count)}
    indicators = [
        {
            "code": code,
            "domains": [{"domain": question, "factor": f"1/{QUESTIONS[question]}"}],
            "transform": {"kind": "identity", "times": 25, "maximum": 100},
            "missing": "rescale",
        }
        for code, question in statements.items()
    ]
    return policy_of(
        4,
        list(statements),
        score={"decimals": 0},
        domains=[{"code": question, "cuts": [39, 63, 88]} for question in QUESTIONS],
        indicators=indicators,
        overall={"base": "rules", "rules": _aggregation(), "otherwise": GOOD},
        caps=[*_limiters(statements), _breach()],
    )


def _aggregation() -> list[Json]:
    def some(number: int, **having: int) -> Json:
        return {"count": "domains", "having": having, "at_least": number}

    return [
        {"grade": INADEQUATE, "when": some(2, at_most=INADEQUATE)},
        {
            "grade": REQUIRES_IMPROVEMENT,
            "when": {"any": [some(1, at_most=INADEQUATE), some(2, at_most=REQUIRES_IMPROVEMENT)]},
        },
        {"grade": OUTSTANDING, "when": {"all": [some(2, at_least=OUTSTANDING), some(5, at_least=GOOD)]}},
    ]


def _limiters(statements: dict[str, str]) -> list[Json]:
    made = []
    for question in QUESTIONS:
        own = [code for code, place in statements.items() if place == question]
        for worst, most in ((1, REQUIRES_IMPROVEMENT), (2, GOOD)):
            when = {"count": "indicators", "of": own, "having": {"at_most": worst * 25}, "at_least": 1}
            entry = {"code": f"LIMIT_{question}_{worst}", "domain": question, "at_most": most, "when": when}
            made.append({**entry, "title": {"en": "a low statement limits the key question"}})
    return made


def _breach() -> Json:
    title = {"en": "breach of regulations"}
    return {"code": "BREACH", "when": {"flag": "BREACH"}, "at_most": REQUIRES_IMPROVEMENT, "title": title}


def statements(**low: list[int]) -> list[int | None]:
    """All statements at 3 but for the first of some questions."""
    return [
        value
        for question, count in QUESTIONS.items()
        for value in [*low.get(question, []), *[3] * (count - len(low.get(question, [])))]
    ]


@pytest.mark.parametrize(
    ("low", "percent", "question", "overall"),
    [
        ({}, 75, GOOD, GOOD),
        # Two of eight statements at 4: 26 of 32 points are 81 %.
        ({"safe": [4, 4]}, 81, GOOD, GOOD),
        ({"safe": [4] * 8, "caring": [4] * 5}, 100, OUTSTANDING, OUTSTANDING),
        ({"safe": [4] * 8}, 100, OUTSTANDING, GOOD),
        # 92 % would be outstanding, but a statement of 2 limits the question to good, and a 1 to requires improvement.
        ({"safe": [2, *[4] * 7]}, 94, GOOD, GOOD),
        ({"safe": [1, *[4] * 7]}, 91, REQUIRES_IMPROVEMENT, GOOD),
        ({"safe": [1], "well_led": [1]}, 69, REQUIRES_IMPROVEMENT, REQUIRES_IMPROVEMENT),
        ({"safe": [1] * 8, "caring": [1] * 5}, 25, INADEQUATE, INADEQUATE),
        ({"safe": [1] * 8}, 25, INADEQUATE, REQUIRES_IMPROVEMENT),
    ],
)
def test_quality_statements(
    quality_statements: Policy, low: dict[str, list[int]], percent: int, question: int, overall: int
) -> None:
    outcome = rated(quality_statements, [statements(**low)])
    assert int(outcome.domain_points[0, 0]) == percent
    assert (int(outcome.domain_grades[0, 0]), int(outcome.stars[0])) == (question, overall)


def test_a_breach_limits_the_whole_and_a_statement_not_assessed_is_left_out(quality_statements: Policy) -> None:
    row = statements(safe=[4] * 8, caring=[4] * 5)
    outcome = rated(quality_statements, [row, [None, *row[1:]]], BREACH=[True, False])
    assert outcome.stars.tolist() == [REQUIRES_IMPROVEMENT, OUTSTANDING]
    assert outcome.domain_points[1, 0] == 100


AREAS = {"care": 35, "dementia": 10, "social": 10, "housing": 9}


@pytest.fixture(scope="module")
def care_grades() -> Policy:
    """64 criteria of 0 to 10 points in four areas, each as heavy as any other; 8.7 is very good, 4.5 sufficient."""
    criteria = {f"{area}_{at}": area for area, count in AREAS.items() for at in range(count)}
    indicators = [
        {
            "code": code,
            "domain": area,
            "weight": {"base": "0.015625"},
            "transform": {"kind": "identity", "maximum": 10},
            "missing": "rescale",
        }
        for code, area in criteria.items()
    ]
    return policy_of(
        5,
        list(criteria),
        weighting={"method": "fixed"},
        score={"maximum": 10, "decimals": 1, "rescale_within": "score"},
        domains=[{"code": area, "cuts": ["4.5", "5.9", "7.3", "8.7"], "missing": "rescale"} for area in AREAS],
        indicators=indicators,
        overall={"base": "score", "cuts": ["4.5", "5.9", "7.3", "8.7"]},
    )


@pytest.mark.parametrize(
    ("zeros", "missing", "points", "grade"),
    [
        (0, 0, 100, 5),
        (8, 0, 88, 5),
        (9, 0, 86, 4),
        (17, 0, 73, 4),
        (18, 0, 72, 3),
        (35, 0, 45, 2),
        (36, 0, 44, 1),
        (8, 10, 85, 4),
    ],
)
def test_care_grades(care_grades: Policy, zeros: int, missing: int, points: int, grade: int) -> None:
    """So many criteria not met, and so many that apply to no resident and count for nothing."""
    row: list[int | None] = [*[0] * zeros, *[10] * (64 - zeros - missing), *[None] * missing]
    outcome = rated(care_grades, [row])
    assert (int(outcome.score[0]), int(outcome.stars[0])) == (points, grade)
    assert int(outcome.contributions[0].sum()) == points
