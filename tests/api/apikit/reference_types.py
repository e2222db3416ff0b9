"""The reference's fields of every type."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from apikit.facts import Facts, Row, valid_on
from apikit.pages import Order, page
from apikit.reference_core import RESOLVERS, answers, first
from apikit.reference_credit import caps_by_entries, shown, suspended_by
from registry.api.planner.nodes import write_id
from registry.api.types import organisations, ratings, regions

for _type in ("Institution", "Organisation", "Region", "RatingPolicy", "RatingRun"):
    RESOLVERS[_type, "id"] = lambda facts, row, name=_type: write_id(name, row["id"])


# Regions -----------------------------------------------------------------------------------------------------------


def region(facts: Facts, row: Row, code: str | None) -> Row | None:
    named = [found for found in facts.standing("region", row["when"]) if found["code"] == code]
    day = row["when"].law_day
    named.sort(key=lambda r: (not valid_on(r, day), -r["valid_from"].toordinal(), r["id"]))
    return named[0] if named else None


@answers("Region", "parent")
def parent_region(facts: Facts, row: Row) -> Row | None:
    return region(facts, row, row["parent_code"])


@answers("Region", "children")
def child_regions(facts: Facts, row: Row, **given: Any) -> dict[str, Any]:
    when = row["when"]
    rows = [r for r in facts.standing("region", when) if r["parent_code"] == row["code"] and valid_on(r, when.law_day)]
    return region_page(rows, given)


def region_page(rows: list[Row], given: dict[str, Any]) -> dict[str, Any]:
    order: Order = [(lambda r: r["code"], False), (lambda r: r["valid_from"], False), (lambda r: r["id"], False)]
    return page(rows, order, regions.BY_CODE({}).digest, ["", date.min, 0], given)


for _type in ("Institution", "Organisation", "RatingPolicy", "CreditEntry", "CreditList"):
    RESOLVERS[_type, "region"] = lambda facts, row: region(facts, row, row["region_code"])


# Organisations and institutions ------------------------------------------------------------------------------------


@answers("Organisation", "uscc")
def uscc(facts: Facts, row: Row) -> str | None:
    return row["code"] if row["scheme"] == "USCC" else None


@answers("Organisation", "institutions")
def own_institutions(facts: Facts, row: Row, **given: Any) -> dict[str, Any]:
    rows = [found for found in facts.standing("institution", row["when"]) if found["organisation_id"] == row["id"]]
    order: Order = [(lambda r: r["code"], False), (lambda r: r["id"], False)]
    return page(rows, order, organisations.BY_CODE({}).digest, ["", 0], given)


@answers("Institution", "organisation")
def owner(facts: Facts, row: Row) -> Row | None:
    return first(facts.standing("organisation", row["when"]), id=row["organisation_id"])


@answers("Institution", "assessedGrade")
def assessed_grade(facts: Facts, row: Row) -> Row | None:
    grades = [
        grade
        for grade in facts.standing("assessment", row["when"])
        if grade["institution_id"] == row["id"] and valid_on(grade, row["when"].law_day)
    ]
    return max(grades, key=lambda grade: (grade["decided_on"], -grade["id"]), default=None)


def rated(facts: Facts, row: Row) -> Row | None:
    return first(facts.standing("rating", row["when"]), institution_id=row["id"])


@answers("Institution", "rating")
def rating(facts: Facts, row: Row) -> Row | None:
    found = rated(facts, row)
    return found if shown(facts, found) else None


@answers("Institution", "notRatedReason")
def reason(facts: Facts, row: Row) -> Row | None:
    found = rated(facts, row)
    if found is None:
        return {"code": "NOT_YET_RATED", "caps": []}
    if shown(facts, found):
        return None
    return {"code": found["reason"] or suspended_by(facts, found), "caps": caps_by_entries(facts, found)}


@answers("Institution", "ratingHistory")
def rating_history(facts: Facts, row: Row, **given: Any) -> dict[str, Any]:
    rows = [
        found
        for found in facts.rating_history(row["when"])
        if found["institution_id"] == row["id"] and shown(facts, found)
    ]
    order: Order = [(lambda r: r["recorded_from"], True), (lambda r: r["id"], True)]
    return page(rows, order, ratings.HISTORY.ordering({}).digest, [0, 0], given)


# Ratings -----------------------------------------------------------------------------------------------------------


def policy_of(facts: Facts, row: Row | None) -> Row | None:
    if row is None or row["policy_id"] is None:
        return None
    found = first(facts.tables["rating_policy"], id=row["policy_id"])
    return found and {**found, "when": row.get("when")}


def decimal(facts: Facts, row: Row, value: int) -> Decimal:
    policy = policy_of(facts, row)
    assert policy is not None
    return Decimal(value).scaleb(-policy["score_decimals"])


def score(facts: Facts, row: Row | None) -> Decimal | None:
    return None if row is None or row["score_scaled"] is None else decimal(facts, row, row["score_scaled"])


RESOLVERS["Rating", "score"] = score
RESOLVERS["Rating", "policy"] = policy_of
RESOLVERS["Rating", "rank"] = lambda facts, row: row


def full_run(facts: Facts, row: Row) -> Row | None:
    """Return the latest full run of the rating's policy while the rating stood."""
    applied = {entry["run_id"] for entry in facts.tables["rating_run_policy"] if entry["policy_id"] == row["policy_id"]}
    found = [
        run
        for run in facts.added("rating_run", row["when"])
        if run["id"] in applied
        and run["kind"] == "FULL"
        and (row["recorded_to"] is None or run["recorded_from"] < row["recorded_to"])
    ]
    return max(found, key=lambda run: run["id"], default=None)


def rank_in(group: str) -> Any:
    def rank(facts: Facts, row: Row | None) -> int | None:
        if row is None:
            return None
        run = full_run(facts, row)
        block, place = divmod(row["institution_id"], 1000)
        wanted = {"run_id": run and run["id"], "policy_id": row["policy_id"], "block": block}
        ranks = first(facts.tables["rating_rank_block"], **wanted)
        return dict(zip(ranks["members"], ranks[group], strict=True)).get(place) if ranks else None

    return rank


for _group in ("nation", "region", "kind"):
    RESOLVERS["RatingRank", _group] = rank_in(_group)


@answers("Rating", "run")
def run_of(facts: Facts, row: Row) -> Row | None:
    return first(facts.added("rating_run", row["when"]), id=row["run_id"])


@answers("Rating", "supersededAt")
def superseded_at(facts: Facts, row: Row) -> Any:
    position = row["when"].position
    ended = row["recorded_to"] is not None and (position is None or row["recorded_to"] <= position)
    return row["superseded_at"] if ended else None


@answers("Rating", "contributions")
def contributions(facts: Facts, row: Row) -> list[Row]:
    policy = policy_of(facts, row)
    assert policy is not None
    weighing = first(facts.tables["rating_run_policy"], run_id=row["weights_run_id"], policy_id=row["policy_id"])
    weights = json.loads((weighing and weighing["weights"]) or "{}")
    return [
        {
            "indicator": indicator,
            "scaledValue": value,
            "scaledPoints": points,
            "weight": millionths(weights.get(indicator, {}).get("final")),
            "contribution": decimal(facts, row, part),
        }
        for indicator, value, points, part in zip(
            policy["indicators"], row["indicator_values"], row["points"], row["contributions"], strict=True
        )
    ]


def millionths(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value).scaleb(-6)


@answers("Rating", "domains")
def domains(facts: Facts, row: Row) -> list[Row]:
    pairs = zip(row["domain_points"], row["domain_grades"], strict=True)
    return [{"number": n, "scaledPoints": points, "grade": grade or None} for n, (points, grade) in enumerate(pairs, 1)]


# Policies and runs -------------------------------------------------------------------------------------------------

RESOLVERS["RatingPolicy", "publishedAt"] = lambda facts, row: row["recorded_at"]
RESOLVERS["RatingRun", "position"] = lambda facts, row: row["recorded_from"]


@answers("RatingRun", "durations")
def durations(facts: Facts, row: Row) -> list[Row]:
    return [{"stage": stage, "milliseconds": ms} for stage, ms in sorted(json.loads(row["durations_ms"]).items())]


@answers("RatingRun", "policies")
def run_policies(facts: Facts, row: Row) -> list[Row]:
    entries = [entry for entry in facts.tables["rating_run_policy"] if entry["run_id"] == row["id"]]
    entries.sort(key=lambda entry: entry["policy_id"])
    return [
        {**entry, "when": row["when"], "policy": policy_of(facts, {**entry, "when": row["when"]})} for entry in entries
    ]


@answers("RatingRunPolicy", "weights")
def weights(facts: Facts, row: Row) -> list[Row]:
    return [
        {
            "indicator": indicator,
            **{name: millionths(entry.get(name)) for name in ("base", "objective", "low", "high", "final")},
        }
        for indicator, entry in sorted(json.loads(row["weights"] or "{}").items())
    ]


@answers("RatingRunPolicy", "weightsRun")
def weights_run(facts: Facts, row: Row) -> Row | None:
    return first(facts.added("rating_run", row["when"]), id=row["weights_run_id"])


@answers("RatingRunPolicy", "distribution")
def distribution(facts: Facts, row: Row) -> list[Row]:
    percents = (0, 5, 25, 50, 75, 95, 100)
    return [
        {
            **entry,
            "quantiles": [
                {"percent": percent, "value": Decimal(value).scaleb(-entry["decimals"])}
                for percent, value in zip(percents, entry["quantiles"], strict=bool(entry["quantiles"]))
            ],
        }
        for entry in json.loads(row["distribution"])
    ]


@answers("RatingRunPolicy", "moves")
def moves(facts: Facts, row: Row) -> list[Row]:
    return [
        {"fromStars": old or None, "toStars": new or None, "institutions": count}
        for old, new, count in json.loads(row["moves"] or "[]")
    ]


@answers("RatingRunPolicy", "movesSince")
def moves_since(facts: Facts, row: Row) -> Row | None:
    return first(facts.added("rating_run", row["when"]), id=row["moves_since_run_id"])
