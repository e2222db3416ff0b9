"""The page of an institution, now or on a past day, and the page that explains its rating step by step."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from starlette.responses import Response

from registry.domain.lawdays import day_start
from registry.site import charts
from registry.site.documents import EXPLANATION, INSTITUTION, NEIGHBOURS
from registry.site.frame import Page, Visit
from registry.site.places import above
from registry.site.policy_words import (
    Document,
    certified_ratio,
    certified_target,
    document_of,
    indicators_of,
    measure_of,
    measure_text,
    shelve,
    title_of,
    value_text,
)

_WORKFORCE = "workforce"


def asked_day(visit: Visit) -> tuple[date | None, str]:
    """Return the past day that the address asks about (None: now), and what is wrong with it."""
    given = visit.request.query_params.get("as_of", "").strip()
    if not given:
        return None, ""
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return None, visit.say("asof.not-a-day")
    if day > visit.today:
        return None, visit.say("asof.future")
    return (None if day == visit.today else day), ""


def end_of(day: date | None) -> str | None:
    """Return the last instant of a law day as the API reads it; None for now."""
    if day is None:
        return None
    last: datetime = day_start(day + timedelta(days=1)) - timedelta(microseconds=1)
    return last.astimezone(UTC).isoformat().replace("+00:00", "Z")


def not_found(visit: Visit, day: date | None, reason: str = "institution.unknown") -> Page:
    """Return the page for a code that the register does not know, or did not know then."""
    told = visit.say("asof.not-then") if day else visit.say(reason)
    return Page("error.html", {"status": 404, "reason": told}, 404, indexed=False)


async def institution(visit: Visit) -> Page | Response:
    """An institution: rating, grade, entries, workforce, history."""
    day, problem = asked_day(visit)
    told = await visit.answer(INSTITUTION, code=visit.request.path_params["code"], asOf=end_of(day))
    found = told.data["institution"]
    if found is None:
        return not_found(visit, day)
    rating = found["rating"]
    await shelve(visit, [rating])
    ratings = list(reversed(found["ratingHistory"]["nodes"]))
    values = {
        "institution": found,
        "rating": rating,
        "above": above(found["region"]),
        "as_of": day,
        "problem": problem,
        "charts_of_history": charts.histories(ratings, day or visit.today),
        "past": list(zip(ratings, charts.rule_changes(ratings), strict=True))[::-1] if ratings else [],
        "lines": contribution_lines(visit, rating),
        "certified": certified_ratio(rating),
        **await _neighbourhood(visit, found, day),
    }
    return Page("institution.html", values, indexed=day is None)


def contribution_lines(visit: Visit, rating: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return what each indicator gave to the score: title, value, points of most points, whether of the workforce."""
    if rating is None:
        return []
    document = document_of(rating["policy"])
    declared = indicators_of(document)
    most = most_points(document, rating["contributions"])
    lines = []
    for line in rating["contributions"]:
        measure = measure_of(document, line["indicator"])
        lines.append(
            {
                "code": line["indicator"],
                "title": title_of(visit.language, measure, line["indicator"]),
                "value": measure_text(measure, line["scaledValue"]),
                "contribution": None if line["scaledPoints"] is None else line["contribution"],
                "most": most.get(line["indicator"]),
                "workforce": declared.get(line["indicator"], {}).get("domain") == _WORKFORCE,
            }
        )
    return lines


def most_points(document: Document, lines: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return the most that each indicator could give; the weight of those without points is shared by the others.

    By those of their domain or, as the policy says, of the score.
    """
    declared, score = indicators_of(document), document.get("score", {})
    whole, shared = score.get("maximum", 1000), score.get("rescale_within") == "score"
    whole_of: dict[str, float] = defaultdict(float)
    present_of: dict[str, float] = defaultdict(float)
    weighed = [(line, float(line["weight"])) for line in lines if line["weight"] is not None]
    group = {
        line["indicator"]: "" if shared else declared.get(line["indicator"], {}).get("domain", "")
        for line, _ in weighed
    }
    for line, weight in weighed:
        whole_of[group[line["indicator"]]] += weight
        present_of[group[line["indicator"]]] += 0 if line["scaledPoints"] is None else weight
    return {
        line["indicator"]: weight * whole * whole_of[group[line["indicator"]]] / present_of[group[line["indicator"]]]
        for line, weight in weighed
        if line["scaledPoints"] is not None
    }


async def _neighbourhood(visit: Visit, found: dict[str, Any], day: date | None) -> dict[str, Any]:
    """How many institutions of the region reach the target of certified carers, and the region's own share; of today
    alone."""
    rating, region = found["rating"], found["region"]
    target = None if rating is None else certified_target(document_of(rating["policy"]))
    if target is None or region is None or day is not None:
        return {"target": target, "reaching": None, "around": None}
    told = await visit.answer(NEIGHBOURS, region=region["code"], target=target)
    days = told.data["regionStatistics"]["days"]
    return {
        "target": target,
        "reaching": told.data["reaching"]["totalCount"],
        "around": days[-1] if days and days[-1]["certifiedRatio"] else None,
    }


async def explanation(visit: Visit) -> Page | Response:
    """Every step of a rating, what changed it, and the way up."""
    day, problem = asked_day(visit)
    told = await visit.answer(EXPLANATION, code=visit.request.path_params["code"], asOf=end_of(day))
    found = told.data["institution"]
    if found is None:
        return not_found(visit, day)
    values = {
        "institution": found,
        "explained": found["explanation"],
        "as_of": day,
        "problem": problem,
        "value": value_text,
    }
    return Page("explanation.html", values, indexed=False)
