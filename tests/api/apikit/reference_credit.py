"""The reference's entries on credit lists, and the rules of the lists."""

import json
from datetime import date
from typing import Any

from graphql import GraphQLError

from apikit.facts import Facts, Row, When
from apikit.pages import Order, page
from apikit.reference_core import RESOLVERS, answers, canonical, first, moment
from registry.api.planner.nodes import write_id
from registry.api.types import credit_pages, credit_rules
from registry.domain.identifiers import normalise_code

PRIVATE = ("repair_pending", "ended_on", "end_kind", "end_reason", "end_document_number", "evidence", "person_id")


def covers(row: Row, day: date) -> bool:
    """Whether an entry is in force on a day."""
    start, last = row["in_force_from"], row["in_force_to"]
    return start is not None and start <= day and (last is None or last >= day)


def seen(facts: Facts, when: When) -> list[Row]:
    """Return the entries that whoever asks may see at a moment."""
    if facts.for_staff:
        return facts.standing("credit_entry", when)
    hidden: Row = dict.fromkeys(PRIVATE)
    return [{**row, **hidden} for row in facts.standing("listed_entry", when) if covers(row, when.law_day)]


def entries(facts: Facts, rows: list[Row], when: When, given: dict[str, Any]) -> dict[str, Any]:
    order: Order = [(lambda row: row["decided_on"], True), (lambda row: row["id"], True)]
    page([], order, credit_pages.NEWEST_FIRST({}).digest, [date.min, 0], given)
    wanted = {name: value for name, value in (given.get("filter") or {}).items() if value is not None}
    if wanted.keys() & {"ended", "overdue"} and not facts.for_staff:
        message = "This field of the filter is for regulators"
        raise GraphQLError(message)
    rows = [row for row in rows if matches(facts, row, wanted, when)]
    return page(rows, order, credit_pages.NEWEST_FIRST({}).digest, [date.min, 0], given)


def matches(facts: Facts, row: Row, wanted: dict[str, Any], when: When) -> bool:
    regions = facts.standing("region", when)
    tops = [top for top in regions if top["code"] == normalise_code(wanted.get("region", ""))]
    below = {r["code"] for r in regions for top in tops if (r["path"] + "/").startswith(top["path"] + "/")}
    subjects = {
        (name, (first(facts.standing(name, when), code=canonical(wanted.get("subject", ""))) or {}).get("id"))
        for name in ("institution", "organisation")
    }
    checks = {
        "kinds": lambda kinds: row["list_kind"] in kinds,
        "list": lambda code: row["list_code"] == code,
        "ground": lambda code: row["ground_code"] == code,
        "region": lambda _: row["region_code"] in below,
        "subject": lambda _: any(number and row[f"{name}_id"] == number for name, number in subjects),
        "origins": lambda origins: row["origin"] in origins,
        "disputed": lambda yes: row["disputed"] == yes,
        "overdue": lambda yes: not yes,  # no steps are drawn
        "inForceOn": lambda day: covers(row, day),
        "ended": lambda yes: (row["in_force_to"] is not None and row["in_force_to"] < when.law_day) == yes,
    }
    return all(checks[name](value) for name, value in wanted.items())


@answers("Query", "creditEntries")
def credit_entries(facts: Facts, _: Any, as_of: Any = None, **given: Any) -> dict[str, Any]:
    when = moment(facts, as_of)
    return entries(facts, seen(facts, when), when, given)


@answers("Institution", "creditEntries")
def of_institution(facts: Facts, row: Row, **given: Any) -> dict[str, Any]:
    bearing = [
        entry
        for entry in seen(facts, row["when"])
        if row["id"] == entry["institution_id"] or row["organisation_id"] == entry["organisation_id"]
    ]
    return entries(facts, bearing, row["when"], given)


@answers("Organisation", "creditEntries")
def of_organisation(facts: Facts, row: Row, **given: Any) -> dict[str, Any]:
    own = [entry for entry in seen(facts, row["when"]) if entry["organisation_id"] == row["id"]]
    return entries(facts, own, row["when"], given)


@answers("Institution", "listedStaff")
def of_staff(facts: Facts, row: Row, **given: Any) -> dict[str, Any] | None:
    if not facts.for_staff:
        return None
    working = {
        post["person_id"]
        for post in facts.standing("employment", row["when"])
        if post["institution_id"] == row["id"]
        and post["occupation"] in ("MANAGER", "CARER")
        and post["worked"].lower <= row["when"].law_day
    }
    return entries(facts, [e for e in seen(facts, row["when"]) if e["person_id"] in working], row["when"], given)


@answers("Institution", "creditStatus")
def credit_status(facts: Facts, row: Row) -> Row:
    bearing = [
        entry
        for entry in facts.standing("listed_entry", row["when"])
        if covers(entry, row["when"].law_day)
        and (row["id"] == entry["institution_id"] or row["organisation_id"] == entry["organisation_id"])
    ]
    counts = {kind: sum(entry["list_kind"] == kind for entry in bearing) for kind in ("BLACK", "WATCH", "RED")}
    standing = next((kind for kind, count in counts.items() if count), "NONE")
    disputed = sum(entry["disputed"] for entry in bearing)
    return {"standing": standing, "disputed": disputed, **{kind.lower(): n for kind, n in counts.items()}}


# What entries do to ratings ----------------------------------------------------------------------------------------


def bearing(facts: Facts, rating: Row) -> list[Row]:
    """Return the entries that bear on a rating's institution, in the order of their numbers."""
    when: When = rating["when"]
    institution = first(facts.standing("institution", when), id=rating["institution_id"])
    owner = institution and institution["organisation_id"]
    found = [
        entry
        for entry in facts.standing("listed_entry", when)
        if covers(entry, when.law_day)
        and (entry["institution_id"] == rating["institution_id"] or (owner and entry["organisation_id"] == owner))
    ]
    return sorted(found, key=lambda entry: entry["id"])


def capping(facts: Facts, rating: Row) -> list[tuple[int, int, Row, Row]]:
    """Return what caps a rating that stands: (grade left, place of the cap, cap, entry), the mildest first."""
    ended = rating["recorded_to"] is not None
    position = rating["when"].position
    if rating["stars"] is None or (ended and (position is None or rating["recorded_to"] <= position)):
        return []
    policy = first(facts.tables["rating_policy"], id=rating["policy_id"])
    assert policy is not None
    caps = facts.canonical[policy["sha256"]].get("credit_caps", [])
    found = [
        (0 if cap.get("suspended") else int(cap["at_most"]), place, cap, {**entry, "when": rating["when"]})
        for place, cap in enumerate(caps)
        for entry in bearing(facts, rating)
        if entry["list_kind"] == cap["list_kind"]
        and cap.get("ground", "") in ("", entry["ground_code"])
        and (cap.get("while_disputed", True) or not entry["disputed"])
    ]
    found = [item for item in found if item[0] < rating["stars"]]
    return sorted(found, key=lambda item: (-item[0], item[1], item[3]["id"]))


def shown(facts: Facts, rating: Row | None) -> bool:
    """Whether there is a rating to show."""
    return rating is not None and rating["stars"] is not None and capped(facts, rating) > 0


@answers("Rating", "stars")
def capped(facts: Facts, rating: Row) -> int:
    return min([rating["stars"], *(item[0] for item in capping(facts, rating))])


RESOLVERS["Rating", "starsBeforeCaps"] = lambda facts, row: row["stars"]


@answers("Rating", "caps")
def caps(facts: Facts, rating: Row) -> list[Row]:
    empty: Row = dict.fromkeys(("reason_zh", "reason_en", "legal_basis", "entry"))
    own = [{**empty, **entry} for entry in json.loads(rating["adjustments"] or "[]")]
    return own + caps_by_entries(facts, rating)


def caps_by_entries(facts: Facts, rating: Row) -> list[Row]:
    """Return the caps that entries put on a rating."""
    return [
        {
            "stage": cap["code"],
            "grade": grade or None,
            "reason_zh": cap["title"].get("zh") or cap["title"]["en"],
            "reason_en": cap["title"].get("en") or cap["title"]["zh"],
            "legal_basis": cap.get("legal_basis"),
            "entry": first(seen(facts, rating["when"]), id=entry["id"]),
        }
        for grade, _, cap, entry in capping(facts, rating)
    ]


def suspended_by(facts: Facts, rating: Row) -> str | None:
    """Return the code of the first cap that leaves no rating."""
    none = [item for item in capping(facts, rating) if item[0] == 0]
    return none[0][2]["code"] if none else None


# The fields of an entry --------------------------------------------------------------------------------------------


def rule(facts: Facts, relation: str, code: str, day: date) -> Row | None:
    rows = (row for row in facts.tables[relation] if row["code"] == code and holds(row, day))
    return next(({**row, "when": When(None, day)} for row in rows), None)


def holds(row: Row, day: date) -> bool:
    return row["effective_from"] <= day and (row["effective_to"] is None or row["effective_to"] >= day)


@answers("CreditEntry", "subject")
def subject(facts: Facts, row: Row) -> Row | None:
    for name in ("institution", "organisation"):
        if row[f"{name}_id"] is not None:
            found = first(facts.standing(name, row["when"]), id=row[f"{name}_id"])
            return found and {**found, "__typename": name.capitalize()}
    return {"__typename": "ListedPerson", "name": row["subject_name"] or "", "numberMask": row["subject_code"]}


RESOLVERS["CreditEntry", "id"] = lambda facts, row: write_id("CreditEntry", row["id"])
RESOLVERS["CreditEntry", "kind"] = lambda facts, row: row["list_kind"]
RESOLVERS["CreditEntry", "publishedOn"] = lambda facts, row: row["in_force_from"]
RESOLVERS["CreditEntry", "inForce"] = lambda facts, row: covers(row, row["when"].law_day)
RESOLVERS["CreditEntry", "earliestRepair"] = lambda facts, row: (
    row["repair_from"] if row["list_kind"] != "RED" else None
)
# No steps are drawn; who is staff there sees every entry.
RESOLVERS["CreditEntry", "step"] = lambda facts, row: 0 if facts.for_staff else None
RESOLVERS["CreditEntry", "dueOn"] = lambda facts, row: None
RESOLVERS["CreditEntry", "ground"] = lambda facts, row: rule(
    facts, "credit_ground", row["ground_code"], row["decided_on"]
)


@answers("CreditEntry", "list")
def list_of(facts: Facts, row: Row) -> Row | None:
    found = rule(facts, "credit_list", row["list_code"], row["decided_on"])
    return found and {**found, "when": row["when"]}


@answers("CreditEntry", "consequences")
def consequences(facts: Facts, row: Row) -> list[Row]:
    found = [c for c in facts.tables["credit_consequence"] if c["list_code"] == row["list_code"]]
    found = [c for c in found if c["ground_code"] in ("", row["ground_code"]) and holds(c, row["decided_on"])]
    return sorted(found, key=lambda c: c["id"])


@answers("CreditEntry", "original")
def original(facts: Facts, row: Row) -> Row | None:
    return row["original_id"] and first(seen(facts, row["when"]), id=row["original_id"])


# Rules -------------------------------------------------------------------------------------------------------------

RESOLVERS["CreditGround", "kind"] = lambda facts, row: row["list_kind"]
RESOLVERS["CreditConsequence", "ground"] = lambda facts, row: row["ground_code"] or None


def overlapping(one: Row, other: Row) -> bool:
    return one["effective_from"] <= (other["effective_to"] or date.max) and other["effective_from"] <= (
        one["effective_to"] or date.max
    )


@answers("CreditList", "grounds")
def grounds(facts: Facts, row: Row) -> list[Row]:
    found = [g for g in facts.tables["credit_ground"] if g["list_kind"] == row["kind"] and overlapping(g, row)]
    return sorted(found, key=lambda g: g["id"])


@answers("CreditList", "consequences")
def list_consequences(facts: Facts, row: Row) -> list[Row]:
    own = (c for c in facts.tables["credit_consequence"] if c["list_code"] == row["code"])
    return sorted((c for c in own if overlapping(c, row)), key=lambda c: c["id"])


def rules(facts: Facts, relation: str, key: str, plan: Any, given: dict[str, Any]) -> dict[str, Any]:
    wanted = {name: value for name, value in (given.get("filter") or {}).items() if value is not None}
    checks = {
        "kind": lambda row, kind: row["kind"] == kind,
        "repairClass": lambda row, name: row["repair_class"] == name,
        "code": lambda row, code: row["code"] == code,
        "inForceOn": holds,
    }
    rows = [
        {**row, "when": moment(facts, None)}
        for row in facts.tables[relation]
        if all(checks[name](row, value) for name, value in wanted.items())
    ]
    order: Order = [
        (lambda row: row[key], False),
        (lambda row: row["effective_from"], False),
        (lambda row: row["id"], False),
    ]
    return page(rows, order, plan.ordering({}).digest, ["", date.min, 0], given)


@answers("Query", "creditLists")
def credit_lists(facts: Facts, _: Any, **given: Any) -> dict[str, Any]:
    return rules(facts, "credit_list", "code", credit_rules.LISTS, given)


@answers("Query", "creditTerms")
def credit_terms(facts: Facts, _: Any, **given: Any) -> dict[str, Any]:
    return rules(facts, "credit_term", "repair_class", credit_rules.TERMS, given)
