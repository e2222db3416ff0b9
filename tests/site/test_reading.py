"""What a reader typed, what is drawn, how values are written: without a register."""

from datetime import date

import pytest

from registry.site.charts import bar, histories, rule_changes
from registry.site.entries import is_entry_id
from registry.site.find import numbers, text_filter
from registry.site.formats import day_text, law_day_of, number_text, share_text
from registry.site.frame import address
from registry.site.institutions import most_points


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("福满", {"nameContains": "福满"}),
        ("wzs", {"pinyin": "wzs"}),
        ("wen zhou", {"pinyin": "wen zhou"}),
        ("52330328y65227350l", {"organisation": "52330328Y65227350L"}),
        ("9133010", {"codePrefix": "9133010"}),
        ("US-CCN:015010", {"codePrefix": "US-CCN:015010"}),
        ("第3敬老院", {"nameContains": "第3敬老院"}),
    ],
)
def test_what_a_reader_typed(typed: str, asked: dict[str, str]) -> None:
    assert text_filter(typed) == asked


def test_numbers_that_no_form_gives_are_not_read() -> None:
    assert numbers(["5", "0", "99", "x", "-1", "٣", ""], 1, 5) == [5]


def test_days_numbers_and_shares() -> None:
    assert day_text("zh", "2026-04-01") == "2026年4月1日"
    assert day_text("en", "2026-04-01") == "1 April 2026"
    assert day_text("en", None) == ""
    assert law_day_of("2026-03-31T16:00:00.000000Z") == date(2026, 4, 1)
    assert [share_text(value) for value in ("1.0000", "0.92305", "0.5")] == ["100%", "92.3%", "50%"]
    assert number_text(1234567) == "1,234,567"


def test_addresses_in_both_languages() -> None:
    assert address("zh", "/") == "/"
    assert address("en", "/") == "/en/"
    assert address("en", "/institutions", q="福满", stars="") == "/en/institutions?q=%E7%A6%8F%E6%BB%A1"
    assert address("zh", "/institutions/FAC:1-2") == "/institutions/FAC:1-2"


def _rating(day: str, score: str, version: str = "1", weight: str = "0.1") -> dict[str, object]:
    lines = [{"indicator": "a", "weight": weight}]
    policy = {"code": "p", "version": version}
    return {"publishedAt": f"{day}T04:00:00Z", "score": score, "stars": 3, "policy": policy, "contributions": lines}


def test_history_marks_policies_and_weights() -> None:
    ratings = [
        _rating("2026-01-01", "500"),
        _rating("2026-02-01", "600", weight="0.2"),
        _rating("2026-03-01", "550", "2"),
    ]
    assert rule_changes(ratings) == ["", "weights", "policy"]
    charts = histories(ratings, date(2026, 4, 1))
    assert [drawn.kind for drawn in charts] == ["wide", "narrow"]
    for drawn in charts:
        assert [mark.kind for mark in drawn.breaks] == ["weights", "policy"]
        assert [mark.x for mark in drawn.marks] == sorted(mark.x for mark in drawn.marks)
        assert drawn.marks[-1].x < drawn.width
        assert drawn.marks[1].y < drawn.marks[2].y < drawn.marks[0].y
    assert histories(ratings[:1], date(2026, 4, 1)) == []


@pytest.mark.parametrize(
    ("within", "most"),
    [("domain", {"a": 500.0, "b": 500.0}), ("score", {"a": 250 / 0.7, "b": 450 / 0.7})],
)
def test_the_weight_of_what_is_missing_is_shared_by_the_others(within: str, most: dict[str, float]) -> None:
    domains = {"a": "first", "missing": "first", "b": "second", "also missing": "second"}
    weights = {"a": "0.25", "missing": "0.25", "b": "0.45", "also missing": "0.05"}
    document = {
        "score": {"maximum": 1000, "rescale_within": within},
        "indicators": [{"code": code, "domain": domain} for code, domain in domains.items()],
    }
    lines = [
        {"indicator": code, "weight": weight, "scaledPoints": None if "missing" in code else 7}
        for code, weight in weights.items()
    ]
    assert most_points(document, lines) == pytest.approx(most)


def test_bars_stay_within_their_width() -> None:
    assert [bar(part, 100) for part in (None, 0, "50", 100, 120)] == [0.0, 0.0, 100.0, 200.0, 200.0]
    assert bar(1, 0) == 0.0


def test_identifiers_of_entries() -> None:
    assert is_entry_id("Q3JlZGl0RW50cnk6MTUx")
    assert not any(is_entry_id(text) for text in ("", "x", "SW5zdGl0dXRpb246MTk5NQ", "Q3JlZGl0RW50cnk6eA", "%%%"))
