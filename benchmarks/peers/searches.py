"""The shapes of searches that are measured, and the terms that are searched for."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peers.documents import Variables
from peers.statements import answer_listening
from registry.db.pool import Database, Record

SMALL = "nodes { code name }"
LARGE = "nodes { code name region { name } rating { stars score } }"
_SPREAD = "(i.id * 2654435761) % 4294967296, i.id"
_CURSOR = """query($code: String!) {
  institutions(first: 1, filter: {codePrefix: $code}, orderBy: [{field: SCORE, direction: DESC}]) {
    edges { cursor } } }"""
PLAIN = """SELECT i.code FROM register.institution AS i LEFT JOIN register.rating AS r ON r.institution_id = i.id
  WHERE i.name LIKE '%' || $1 || '%' AND i.region_code LIKE $2 AND coalesce(r.stars, 0) >= $3
  ORDER BY {order} LIMIT 20"""


@dataclass(frozen=True, slots=True)
class Term:
    """Two characters, the region of one institution that bears them, and a cursor somewhere along the scores."""

    text: str
    county: str
    cursor: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One question: what is asked for, in which order (GraphQL's, and the same in SQL), what is demanded besides."""

    title: str
    selection: str = LARGE
    order: str = ""
    plain: str = _SPREAD
    narrow: bool = False
    resumed: bool = False

    @property
    def document(self) -> str:
        """The GraphQL document."""
        order = f", orderBy: [{self.order}]" if self.order else ""
        after = ", after: $after" if self.resumed else ""
        head = (
            "query Found($filter: InstitutionFilter!, $after: String)"
            if self.resumed
            else "query Found($filter: InstitutionFilter!)"
        )
        return f"{head} {{ institutions(first: 20, filter: $filter{order}{after}) {{ {self.selection} }} }}"

    def variables(self, term: Term) -> Variables:
        """Return the variables of a term."""
        wanted: dict[str, Any] = {"nameContains": term.text}
        if self.narrow:
            wanted |= {"region": f"{term.county[:2]}0000", "minStars": 3}
        return {"filter": wanted, "after": term.cursor} if self.resumed else {"filter": wanted}

    def given(self, term: Term) -> tuple[str, str, int]:
        """Return the parameters of the plain query."""
        return (term.text, f"{term.county[:2]}%", 3) if self.narrow else (term.text, "%", 0)


SHAPES = (
    Shape("code and name", SMALL),
    Shape("name, region, rating"),
    Shape("in a province, from three stars", narrow=True),
    Shape("by name", order="{field: NAME}", plain="i.name, i.id"),
    Shape("by code", order="{field: CODE}", plain="i.code, i.id"),
    Shape("by beds, most first", order="{field: BEDS, direction: DESC}", plain="i.beds DESC, i.id DESC"),
    Shape("by score, best first", order="{field: SCORE, direction: DESC}", plain="r.score DESC NULLS LAST, i.id DESC"),
    Shape("by score, further down", order="{field: SCORE, direction: DESC}", plain="", resumed=True),
    Shape("count alone", "totalCount totalCountEstimated", plain=""),
)


def _bigrams(name: str) -> list[str]:
    return [name[place : place + 2] for place in range(len(name) - 1)]


async def drawn_terms(database: Database, rows: Sequence[Record], draw: random.Random, count: int) -> list[Term]:
    """Draw terms from the names."""
    every = sorted(Counter(part for row in rows for part in _bigrams(row["name"])))
    terms = []
    for number in range(count):
        row, other = draw.choice(rows), draw.choice(rows)
        text = draw.choice(_bigrams(row["name"]) if number % 2 else every)
        answered = await answer_listening(database, _CURSOR, {"code": other["code"]})
        terms.append(Term(text, row["region_code"], answered.data["institutions"]["edges"][0]["cursor"]))
    return terms
