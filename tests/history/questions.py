"""Questions about an instant, and the answers that a replayed state gives: plain Python over dictionaries."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cmp_to_key
from typing import Any

from tests.history.amending import NAMES
from tests.history.plain import Content, Standing

LAW_TIME = timezone(timedelta(hours=8))
"""The law's time since 1992, stated here anew: the model shares no clock with what it judges."""
FACTS = """code name kind status beds openedOn closedOn address region { code } organisation { code name status }
  assessedGrade { grade decidedOn } rating { stars score } notRatedReason { code }"""
INSTITUTION = f"query($c: String!, $t: DateTime) {{ institution(code: $c, asOf: $t) {{ {FACTS} }} }}"
ORGANISATION = """query($c: String!, $t: DateTime) { organisation(uscc: $c, asOf: $t) {
  code name legalForm status registeredOn address institutions(first: 1000) { nodes { code } } } }"""
RATINGS = """query($c: [String!]!, $t: DateTime) { ratings(codes: $c, asOf: $t) { __typename
  ... on Rated { code institution { code } rating { stars score } } ... on NotRated { code reason { code } }
  ... on SeveralInstitutions { code codes } ... on UnknownCode { code } } }"""
LIST = """query($f: InstitutionFilter, $o: [InstitutionOrder!], $n: Int, $c: String, $t: DateTime) {
  institutions(filter: $f, orderBy: $o, first: $n, after: $c, asOf: $t) {
    totalCount nodes { code } pageInfo { hasNextPage endCursor } } }"""


def rating_of(state: Standing, code: str) -> Content | None:
    """The rating with stars of an institution."""
    found = state["RATING"].get((code,))
    return found if found and found["stars"] is not None else None


def reason_of(state: Standing, code: str) -> str:
    """Why an institution has no stars."""
    found = state["RATING"].get((code,))
    return found["reason"] if found else "NOT_YET_RATED"


def _told_rating(state: Standing, code: str) -> Content | None:
    rating = rating_of(state, code)
    return rating and {name: rating[name] for name in ("stars", "score")}


def institution(state: Standing, code: str, when: datetime) -> Content | None:
    """What `institution` answers about an instant, whose law day decides which assessments are in force."""
    today = when.astimezone(LAW_TIME).date().isoformat()
    row = state["INSTITUTION"].get((code,))
    if row is None:
        return None
    owner, rating = state["ORGANISATION"][row["organisationCode"],], _told_rating(state, code)
    grades = [
        content
        for content in state["ASSESSMENT"].values()
        if content["institutionCode"] == code and content["validFrom"] <= today <= content["validTo"]
    ]
    newest = max(grades, key=lambda content: content["decidedOn"], default=None)
    names = ("code", "name", "kind", "status", "beds", "openedOn", "closedOn", "address")
    return {
        **{name: row[name] for name in names},
        "region": {"code": row["regionCode"]},
        "organisation": {name: owner[name] for name in ("code", "name", "status")},
        "assessedGrade": newest and {name: newest[name] for name in ("grade", "decidedOn")},
        "rating": rating,
        "notRatedReason": None if rating else {"code": reason_of(state, code)},
    }


def organisation(state: Standing, code: str) -> Content | None:
    """What `organisation` answers."""
    row = state["ORGANISATION"].get((code,))
    names = ("code", "name", "legalForm", "status", "registeredOn", "address")
    own = sorted(c["code"] for c in state["INSTITUTION"].values() if c["organisationCode"] == code)
    nodes = {"nodes": [{"code": found} for found in own]}
    return row and {**{name: row[name] for name in names}, "institutions": nodes}


def rating_answer(state: Standing, code: str) -> Content:
    """What `ratings` answers for one code."""
    open_ones = sorted(
        row["code"]
        for row in state["INSTITUTION"].values()
        if row["organisationCode"] == code and (code,) in state["ORGANISATION"] and row["status"] != "CLOSED"
    )
    if len(open_ones) > 1:
        return {"__typename": "SeveralInstitutions", "code": code, "codes": open_ones}
    found = code if (code,) in state["INSTITUTION"] else open_ones[0] if open_ones else None
    if found is None:
        return {"__typename": "UnknownCode", "code": code}
    rating = _told_rating(state, found)
    if rating:
        return {"__typename": "Rated", "code": code, "institution": {"code": found}, "rating": rating}
    return {"__typename": "NotRated", "code": code, "reason": {"code": reason_of(state, found)}}


@dataclass(frozen=True)
class Listing:
    """A filter and an ordering of institutions."""

    wanted: dict[str, Any]
    order: Sequence[tuple[str, str]]

    @classmethod
    def draw(cls, dice: random.Random, regions: Sequence[str]) -> "Listing":
        """Draw some."""
        fields = {
            "nameContains": dice.choice([*NAMES, "养老", "%1", "_2"]),
            "kinds": dice.sample(["CARE_HOME", "DAY_CARE", "HOME_CARE", "COMMUNITY_CENTRE"], 2),
            "statuses": dice.sample(["ACTIVE", "SUSPENDED", "CLOSED"], 2),
            "minBeds": dice.choice([0, 10, 40]),
            "maxBeds": dice.choice([10, 77, 200]),
            "region": dice.choice(regions),
            "rated": dice.choice([True, False]),
        }
        chosen = dice.sample(list(fields), dice.choice([0, 0, 1, 1, 2]))
        names = dice.sample(["NAME", "CODE", "BEDS", "STARS", "SCORE"], dice.choice([1, 2]))
        return cls({name: fields[name] for name in chosen}, [(n, dice.choice(["ASC", "DESC"])) for n in names])

    def codes(self, state: Standing) -> list[str]:
        """Return the codes of what matches, in order; the order of recording decides ties."""
        places = {row["code"]: place for place, row in enumerate(state["INSTITUTION"].values())}
        rows = [row for row in state["INSTITUTION"].values() if self._matches(state, row)]
        keyed = [([self._key(state, row, name) for name, _ in self.order] + [places[row["code"]]], row) for row in rows]
        return [row["code"] for _, row in sorted(keyed, key=cmp_to_key(lambda a, b: self._compare(a[0], b[0])))]

    def _matches(self, state: Standing, row: Content) -> bool:
        paths = {content["code"]: content["path"] for content in state["REGION"].values()}
        top = paths.get(self.wanted.get("region", ""), "-")
        checks = {
            "nameContains": lambda text: text in row["name"],
            "kinds": lambda kinds: row["kind"] in kinds,
            "statuses": lambda statuses: row["status"] in statuses,
            "minBeds": lambda beds: row["beds"] >= beds,
            "maxBeds": lambda beds: row["beds"] <= beds,
            "region": lambda _: f"{paths[row['regionCode']]}/".startswith(f"{top}/"),
            "rated": lambda yes: (rating_of(state, row["code"]) is not None) == yes,
        }
        return all(checks[name](value) for name, value in self.wanted.items())

    @staticmethod
    def _key(state: Standing, row: Content, name: str) -> Any:
        rating = rating_of(state, row["code"]) or {"stars": None, "scaled": None}
        return {
            "NAME": row["name"],
            "CODE": row["code"],
            "BEDS": row["beds"],
            "STARS": rating["stars"],
            "SCORE": rating["scaled"],
        }[name]

    def _compare(self, left: list[Any], right: list[Any]) -> int:
        ways = [way for _, way in self.order]
        for a, b, way in zip(left, right, [*ways, ways[0]], strict=True):
            if a is None or b is None:
                if a is not b:
                    return 1 if a is None else -1
            elif a != b:
                return (1 if a > b else -1) * (-1 if way == "DESC" else 1)
        return 0
