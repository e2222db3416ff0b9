"""The reference's root fields: filters, orders and pages of Python lists."""

import json
import unicodedata
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from graphql import GraphQLError

from apikit.facts import Facts, Row, When, valid_on
from apikit.pages import Order, cursor_of, page
from apikit.reference_core import answers, canonical, first, moment, snake
from apikit.reference_credit import credit_status, seen, shown
from apikit.reference_types import (
    assessed_grade,
    owner,
    policy_of,
    rated,
    rating,
    reason,
    region_page,
    run_policies,
    score,
)
from registry.api.planner.nodes import write_id
from registry.api.types import policies, runs
from registry.api.types.changes import FEED_ORDER, PUBLIC_FEED
from registry.api.types.complaints import COMPLAINTS
from registry.api.types.flags import FLAGS
from registry.api.types.institution_search import institution_ordering
from registry.api.types.quality_notes import NOTES
from registry.domain.identifiers import normalise_code


@answers("Query", "institution")
def institution(facts: Facts, _: Any, code: str, as_of: datetime | None = None) -> Row | None:
    return first(facts.standing("institution", moment(facts, as_of)), code=canonical(code))


@answers("Query", "organisation")
def organisation(facts: Facts, _: Any, uscc: str, as_of: datetime | None = None) -> Row | None:
    return first(facts.standing("organisation", moment(facts, as_of)), code=canonical(uscc))


@answers("Query", "institutions")
def institutions(facts: Facts, _: Any, as_of: datetime | None = None, **given: Any) -> dict[str, Any]:
    when = moment(facts, as_of)
    wanted = {name: value for name, value in (given.get("filter") or {}).items() if value is not None}
    fields = {
        "NAME": (lambda row: row["name"], ""),
        "CODE": (lambda row: row["code"], ""),
        "BEDS": (lambda row: row["beds"], 0),
        "STARS": (lambda row: (rated(facts, row) or {}).get("stars"), 0),
        "SCORE": (lambda row: score(facts, rating(facts, row)), Decimal()),
        "CERTIFIED_RATIO": (lambda row: (rated(facts, row) or {}).get("certified_ratio"), Decimal()),
    }
    asked: dict[str, bool] = {}
    for entry in given.get("orderBy") or []:
        asked.setdefault(entry["field"].value, entry["direction"].value == "DESC")
    order, kinds = [(spread, False)], [0]
    if asked or not wanted:
        asked = asked or {"CODE": False}
        order = [(fields[name][0], down) for name, down in asked.items()]
        kinds = [fields[name][1] for name in asked]
    order.append((lambda row: row["id"], order[0][1]))
    kinds.append(0)
    digest = institution_ordering(given).digest
    page([], order, digest, kinds, given)
    check_filter(wanted)
    rows = [row for row in facts.standing("institution", when) if institution_matches(facts, row, wanted)]
    return page(rows, order, digest, kinds, given)


def spread(row: Row) -> int:
    """The fixed order of what a filter finds."""
    return int(row["id"] * 2654435761 % 2**32)


def check_filter(wanted: dict[str, Any]) -> None:
    """Refuse what no search can mean, by the first field that is wrong."""
    refusals = {
        "nameContains": (lambda text: len(text) < 2, "a part of a name has at least two characters"),
        "pinyin": (lambda text: text == "%", "pinyin is written in Latin letters and digits"),
        "minCertifiedRatio": (lambda value: value > 1, "a share lies between 0 and 1; nine in ten is 0.9"),
    }
    for name, value in wanted.items():
        refused, message = refusals.get(name, (lambda _: False, ""))
        if refused(value):
            raise GraphQLError(message)


def institution_matches(facts: Facts, row: Row, wanted: dict[str, Any]) -> bool:
    rating = rated(facts, row) or {"stars": None, "policy_id": None, "certified_ratio": None}
    stars, policy, certified = rating["stars"], policy_of(facts, rating), rating["certified_ratio"]
    below = {
        region["code"]
        for region in facts.standing("region", row["when"])
        for top in facts.standing("region", row["when"])
        if top["code"] == normalise_code(wanted.get("region", ""))
        and (region["path"] == top["path"] or region["path"].startswith(top["path"] + "/"))
    }
    checks: dict[str, Callable[[Any], bool]] = {
        "nameContains": lambda text: unicodedata.normalize("NFKC", text) in row["name"],
        "pinyin": lambda text: any(
            row[column].startswith(text.replace(" ", "").replace("ü", "v").lower())
            for column in ("name_pinyin", "name_initials")
        ),
        "organisation": lambda code: (owner(facts, row) or {}).get("code") == canonical(code),
        "stars": lambda some: stars in some,
        "assessedGrades": lambda grades: (assessed_grade(facts, row) or {}).get("grade") in grades,
        "listed": lambda kinds: any(credit_status(facts, row)[kind.lower()] for kind in kinds),
        "minCertifiedRatio": lambda least: certified is not None and certified >= least,
        "maxCertifiedRatio": lambda most: certified is not None and certified <= most,
        "codePrefix": lambda text: row["code"].startswith(normalise_code(text)),
        "region": lambda _: row["region_code"] in below,
        "kinds": lambda kinds: row["kind"] in kinds,
        "statuses": lambda statuses: row["status"] in statuses,
        "scheme": lambda scheme: row["scheme"] == normalise_code(scheme),
        "minBeds": lambda beds: row["beds"] >= beds,
        "maxBeds": lambda beds: row["beds"] <= beds,
        "minStars": lambda least: stars is not None and stars >= least,
        "maxStars": lambda most: stars is not None and stars <= most,
        "rated": lambda yes: (stars is not None) == yes,
        "policy": lambda text: policy is not None and text in (policy["code"], f"{policy['code']}@{policy['version']}"),
    }
    return all(checks[name](value) for name, value in wanted.items())


@answers("Query", "ratings")
def rating_answers(facts: Facts, _: Any, codes: list[str], as_of: datetime | None = None) -> list[Row]:
    when = moment(facts, as_of)
    return [rating_answer(facts, code, when) for code in codes]


def rating_answer(facts: Facts, code: str, when: When) -> Row:
    standing = facts.standing("institution", when)
    own = first(standing, code=canonical(code))
    owner = first(facts.standing("organisation", when), code=canonical(code))
    open_ones = [
        row for row in standing if owner and row["organisation_id"] == owner["id"] and row["status"] != "CLOSED"
    ]
    open_ones.sort(key=lambda row: (row["code"], row["id"]))
    if len(open_ones) > 1:
        codes = [row["code"] for row in open_ones]
        return {"__typename": "SeveralInstitutions", "code": code, "codes": codes, "institutions": open_ones}
    found = own or (open_ones[0] if open_ones else None)
    if found is None:
        return {"__typename": "UnknownCode", "code": code}
    rating = rated(facts, found)
    if shown(facts, rating):
        return {"__typename": "Rated", "code": code, "institution": found, "rating": rating}
    return {"__typename": "NotRated", "code": code, "institution": found, "reason": reason(facts, found)}


@answers("Query", "regions")
def region_list(facts: Facts, _: Any, as_of: datetime | None = None, **given: Any) -> dict[str, Any]:
    when = moment(facts, as_of)
    wanted = {name: value for name, value in (given.get("filter") or {}).items() if value is not None}
    day = wanted.pop("validOn", when.law_day)
    checks: dict[str, Callable[[Row, Any], bool]] = {
        "parent": lambda row, code: row["parent_code"] == normalise_code(code),
        "level": lambda row, level: row["level"] == level,
        "nameContains": lambda row, text: text in row["name"],
        "code": lambda row, code: row["code"] == normalise_code(code),
    }
    rows = [
        row
        for row in facts.standing("region", when)
        if valid_on(row, day) and all(checks[name](row, value) for name, value in wanted.items())
    ]
    return region_page(rows, given)


NEWEST: Order = [(lambda row: row["recorded_from"], True), (lambda row: row["id"], True)]


@answers("Query", "ratingPolicies")
def policy_list(facts: Facts, _: Any, as_of: datetime | None = None, **given: Any) -> dict[str, Any]:
    wanted = {name: value for name, value in (given.get("filter") or {}).items() if value is not None}
    checks: dict[str, Callable[[Row, Any], bool]] = {
        "code": lambda row, code: row["code"] == code,
        "region": lambda row, code: row["region_code"] == normalise_code(code),
        "inForceOn": lambda row, day: (
            row["effective_from"] <= day and (row["effective_to"] is None or row["effective_to"] >= day)
        ),
    }
    rows = facts.added("rating_policy", moment(facts, as_of))
    rows = [row for row in rows if all(checks[name](row, value) for name, value in wanted.items())]
    return page(rows, NEWEST, policies.NEWEST_FIRST({}).digest, [0, 0], given)


@answers("Query", "ratingRuns")
def run_list(facts: Facts, _: Any, as_of: datetime | None = None, **given: Any) -> dict[str, Any]:
    wanted = {name: value for name, value in (given.get("filter") or {}).items() if value is not None}
    rows = facts.added("rating_run", moment(facts, as_of))
    if "kind" in wanted:
        rows = [row for row in rows if row["kind"] == wanted["kind"]]
    if "policy" in wanted:
        rows = [
            row for row in rows if any(names(entry["policy"], wanted["policy"]) for entry in run_policies(facts, row))
        ]
    return page(rows, NEWEST, runs.NEWEST_FIRST({}).digest, [0, 0], given)


def names(policy: Row | None, text: str) -> bool:
    return policy is not None and text in (policy["code"], f"{policy['code']}@{policy['version']}")


PERSONAL = {"PERSON", "EMPLOYMENT", "CERTIFICATE", "CERTIFICATE_STATUS", "TRAINING", "AWARD", "RESIDENT_COUNT"}
FROM_CASES = {"CREDIT_CASE", "CASE_STEP", "ENTRY_STEP", "FLAG"}
FOR_STAFF = PERSONAL | FROM_CASES | {"MEASURE", "WAGE_BAND", "IMPORT_RULE", "QUALITY_NOTE"}


@answers("Query", "changes")
def changes(facts: Facts, _: Any, **given: Any) -> dict[str, Any]:
    kinds = given.get("kinds")
    if set(kinds or ()) & FOR_STAFF:
        message = "Changes of this kind are for regulators"
        raise GraphQLError(message)
    rows = []
    for change in facts.tables["change"]:
        published = facts.sets[change["change_id"]]
        if kinds is None or change["kind"] in kinds:
            contents = {n: change[n] and json.loads(change[n]) for n in ("current", "previous")}
            rows.append(
                {**change, **{n: published[n] for n in ("position", "recorded_at", "cause", "source")}, **contents}
            )
    order: Order = [(lambda row: row["position"], False), (lambda row: row["ordinal"], False)]
    return page(rows, order, PUBLIC_FEED.ordering({}).digest, [0, 0], given)


@answers("Query", "qualityNotes")
def quality_notes(facts: Facts, _: Any, **given: Any) -> dict[str, Any]:
    if not facts.for_staff:
        message = "Quality notes are for regulators"
        raise GraphQLError(message)
    wanted = {name: value for name, value in (given.get("filter") or {}).items() if value is not None}
    institutions = {row["id"]: row["code"] for row in facts.standing("institution", moment(facts, None))}
    checks: dict[str, Callable[[Row, Any], bool]] = {
        "rules": lambda row, rules: row["rule"] in rules,
        "kinds": lambda row, kinds: row["entity"] in kinds,
        "institution": lambda row, code: institutions.get(row["institution_id"]) == canonical(code),
        "source": lambda row, name: name.strip() in (row["prevailing_source"], row["other_source"]),
        "open": lambda row, yes: (row["recorded_to"] is None) == yes,
    }
    last: dict[int, Row] = {}
    for version in sorted(facts.tables["quality_note_version"], key=lambda row: row["recorded_from"]):
        last[version["id"]] = version | {"content": json.loads(version["stated"]), "kind": version["entity"]}
    rows = [row for row in last.values() if all(checks[name](row, value) for name, value in wanted.items())]
    return page(rows, [(lambda row: row["id"], True)], NOTES.ordering({}).digest, [0], given)


@answers("Query", "flags")
def flags(facts: Facts, _: Any, **given: Any) -> dict[str, Any]:
    """No drawn register has any: the flags of a real one are held to its files elsewhere."""
    if not facts.for_staff:
        message = "Flags are for regulators"
        raise GraphQLError(message)
    return page([], [(lambda row: row["id"], True)], FLAGS.ordering({}).digest, [0], given)


@answers("Query", "complaints")
def complaints(facts: Facts, _: Any, **given: Any) -> dict[str, Any]:
    """No drawn register has any."""
    if not facts.for_staff:
        message = "Complaints are for regulators"
        raise GraphQLError(message)
    return page([], [(lambda row: row["id"], True)], COMPLAINTS.ordering({}).digest, [0], given)


@answers("Query", "complaintReceipt")
def complaint_receipt(*_: Any, **__: Any) -> None:
    """No drawn register has any."""


@answers("QualityNote", "entityId")
def note_id(_: Facts, row: Row) -> str:
    return write_id("QualityNote", row["id"])


@answers("QualityNote", "position")
def note_position(_: Facts, row: Row) -> int:
    position: int = row["recorded_from"]
    return position


@answers("QualityNote", "endedPosition")
def note_end(_: Facts, row: Row) -> int | None:
    position: int | None = row["recorded_to"]
    return position


@answers("Change", "cursor")
def change_cursor(_: Facts, row: Row) -> str:
    return cursor_of(FEED_ORDER.digest, [row["position"], row["ordinal"]])


@answers("Change", "entityId")
def entity_id(_: Facts, row: Row) -> str:
    return write_id("".join(word.capitalize() for word in row["kind"].split("_")), row["entity_id"])


@answers("Query", "node")
def node(facts: Facts, _: Any, id: str) -> Row | None:
    type_name, number = urlsafe_b64decode(id + "=" * (-len(id) % 4)).decode().split(":")
    when = moment(facts, None)
    table = snake(type_name).lstrip("_")
    if table == "credit_entry":
        rows = seen(facts, when)
    else:
        rows = facts.added(table, when) if table.startswith("rating_") else facts.standing(table, when)
    found = first(rows, id=int(number))
    return found and {**found, "__typename": type_name}


@answers("Query", "nodes")
def nodes(facts: Facts, _: Any, ids: list[str]) -> list[Row | None]:
    return [node(facts, _, text) for text in ids]
