"""What is drawn on pages: the geometry alone, in the units of an SVG's view box; templates draw it."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from registry.site.formats import law_day_of

HEIGHT, LEFT, RIGHT, BOTTOM, TOP = 220, 44, 12, 34, 14
WIDTHS = {"wide": 640, "narrow": 320}
"""A chart is drawn for desks and for phones, each in letters of a size that is read there."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the chart with what it tells."""

    x: float
    y: float
    day: date
    score: Decimal
    stars: int


@dataclass(frozen=True, slots=True)
class Break:
    """A day on which something other than the institution changed: `policy` or `weights`."""

    x: float
    kind: str
    day: date


@dataclass(frozen=True, slots=True)
class History:
    """Scores over time: a stepped line, its marks, the lines of the scale, and what changed the rules."""

    kind: str
    width: int
    line: str
    marks: Sequence[Mark]
    scale: Sequence[tuple[float, int]]
    breaks: Sequence[Break]
    first: date
    last: date


def rule_changes(ratings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Tell of each rating, the oldest first, what its rules changed by: `policy`, `weights` or nothing."""
    changed = [""]
    for before, after in itertools.pairwise(ratings):
        if _policy(before) != _policy(after):
            changed.append("policy")
        else:
            changed.append("" if _weights(before) == _weights(after) else "weights")
    return changed


def _policy(rating: Mapping[str, Any]) -> tuple[str, str]:
    return rating["policy"]["code"], rating["policy"]["version"]


def _weights(rating: Mapping[str, Any]) -> dict[str, str]:
    return {line["indicator"]: line["weight"] for line in rating["contributions"]}


def histories(ratings: Sequence[Mapping[str, Any]], today: date, most: int = 1000) -> list[History]:
    """Return the chart of ratings, the oldest first, up to a day, in each of WIDTHS; none for fewer than two."""
    return [] if len(ratings) < 2 else [_history(ratings, today, most, kind) for kind in WIDTHS]


def _history(ratings: Sequence[Mapping[str, Any]], today: date, most: int, kind: str) -> History:
    width = WIDTHS[kind]
    days = [law_day_of(rating["publishedAt"]) for rating in ratings]
    span = max((today - days[0]).days, 1)
    top = max([Decimal(most), *(Decimal(rating["score"]) for rating in ratings)])

    def across(day: date) -> float:
        return round(LEFT + (width - LEFT - RIGHT) * (day - days[0]).days / span, 1)

    def up(score: Decimal) -> float:
        return round(HEIGHT - BOTTOM - float(score / top) * (HEIGHT - BOTTOM - TOP), 1)

    scores = [Decimal(rating["score"]) for rating in ratings]
    marks = [
        Mark(across(day), up(score), day, score, rating["stars"])
        for day, score, rating in zip(days, scores, ratings, strict=True)
    ]
    changes = zip(marks, rule_changes(ratings), strict=True)
    breaks = [Break(mark.x, kind, mark.day) for mark, kind in changes if kind]
    scale = [(up(top * quarter / 4), int(top * quarter / 4)) for quarter in range(5)]
    return History(kind, width, _stepped(marks, across(today)), marks, scale, breaks, days[0], today)


def _stepped(marks: Sequence[Mark], end: float) -> str:
    steps = [f"M{marks[0].x} {marks[0].y}"]
    steps += [f"H{mark.x}V{mark.y}" for mark in marks[1:]]
    return "".join([*steps, f"H{end}"])


def bar(part: str | Decimal | None, whole: str | Decimal, width: int = 200) -> float:
    """Return the length of a bar for a part of a whole, within its width."""
    if part is None or not Decimal(whole):
        return 0.0
    return round(max(0.0, min(1.0, float(Decimal(part) / Decimal(whole)))) * width, 1)
