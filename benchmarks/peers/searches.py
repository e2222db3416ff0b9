"""The shapes of searches that are measured, and the terms that are searched for."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from peers.documents import Variables
from peers.statements import answer_listening
from registry.db.pool import Database, Record

SMALL = "nodes { code name }"
LARGE = "nodes { code name region { name } rating { stars score } }"
_ALONG = "(SELECT row_number() OVER (ORDER BY {order}) AS place, i.code, i.name, i.region_code, r.stars"
PLAIN = (
    f"WITH along AS {_ALONG} FROM register.institution AS i LEFT JOIN register.rating AS r ON r.institution_id = i.id) "
    "SELECT a.code FROM along AS a WHERE a.name LIKE '%' || $1 || '%' AND a.region_code LIKE $2 "
    "AND coalesce(a.stars, 0) >= $3 AND a.place > coalesce((SELECT b.place FROM along AS b WHERE b.code = $4), 0) "
    "ORDER BY a.place LIMIT 20"
)


@dataclass(frozen=True, slots=True)
class Term:
    """Two characters, the region of one institution that bears them, and the code of any other to begin a page at."""

    text: str
    county: str
    begin: str


@dataclass(frozen=True, slots=True)
class Order:
    """An order as GraphQL has it, and the same in SQL."""

    asked: str
    plain: str

    @property
    def written(self) -> str:
        """The argument."""
        return f", orderBy: [{self.asked}]" if self.asked else ""

    async def cursor(self, database: Database, code: str) -> str:
        """Return the cursor of an institution in this order."""
        document = f"""query($code: String!) {{
          institutions(first: 1, filter: {{codePrefix: $code}}{self.written}) {{ edges {{ cursor }} }} }}"""
        answered = await answer_listening(database, document, {"code": code})
        return cast("str", answered.data["institutions"]["edges"][0]["cursor"])


SPREAD = Order("", "(i.id * 2654435761) % 4294967296, i.id")
NAME = Order("{field: NAME}", "i.name, i.id")
CODE = Order("{field: CODE}", "i.code, i.id")
BEDS = Order("{field: BEDS, direction: DESC}", "i.beds DESC, i.id DESC")
SCORE = Order("{field: SCORE, direction: DESC}", "r.score DESC NULLS LAST, i.id DESC")


@dataclass(frozen=True, slots=True)
class Shape:
    """One question: what is asked for, of the bearers of a name or of all, in a province or anywhere, in which order.

    If `resumed`, the page begins anywhere in the order; if not, at the start.
    """

    title: str
    selection: str = LARGE
    order: Order = SPREAD
    named: bool = True
    narrow: bool = False
    resumed: bool = False
    pages: bool = True

    @property
    def document(self) -> str:
        """The GraphQL document."""
        head = "query Found($filter: InstitutionFilter!, $after: String)"
        arguments = f"first: 20, filter: $filter, after: $after{self.order.written}"
        return f"{head} {{ institutions({arguments}) {{ {self.selection} }} }}"

    async def variables(self, database: Database, term: Term) -> Variables:
        """Return the variables of a term."""
        wanted: dict[str, Any] = {"nameContains": term.text} if self.named else {}
        if self.narrow:
            wanted |= {"region": f"{term.county[:2]}0000", "minStars": 3}
        return {"filter": wanted, "after": await self.order.cursor(database, term.begin) if self.resumed else None}

    def given(self, term: Term) -> tuple[str, str, int, str]:
        """Return the parameters of the plain query."""
        region, stars = (f"{term.county[:2]}%", 3) if self.narrow else ("%", 0)
        return term.text if self.named else "", region, stars, term.begin if self.resumed else ""


def _at_both(shape: Shape) -> Iterator[Shape]:
    yield shape
    yield replace(shape, title=f"{shape.title}, further down", resumed=True)


SHAPES = (
    Shape("code and name", SMALL),
    *_at_both(Shape("name, region, rating")),
    *_at_both(Shape("by name", order=NAME)),
    *_at_both(Shape("by code", order=CODE)),
    *_at_both(Shape("by beds, most first", order=BEDS)),
    *_at_both(Shape("by score, best first", order=SCORE)),
    *_at_both(Shape("in a province, from three stars", narrow=True)),
    *_at_both(Shape("in a province, from three stars, by name", order=NAME, narrow=True)),
    *_at_both(Shape("in a province, from three stars, by score", order=SCORE, narrow=True)),
    *_at_both(Shape("any name in a province, from three stars", narrow=True, named=False)),
    *_at_both(Shape("any name in a province, from three stars, by name", order=NAME, narrow=True, named=False)),
    *_at_both(Shape("any name in a province, from three stars, by score", order=SCORE, narrow=True, named=False)),
    Shape("count alone", "totalCount totalCountEstimated", pages=False),
)


def _bigrams(name: str) -> list[str]:
    return [name[place : place + 2] for place in range(len(name) - 1)]


def drawn_terms(rows: Sequence[Record], draw: random.Random, count: int) -> list[Term]:
    """Draw terms from the names."""
    every = sorted(Counter(part for row in rows for part in _bigrams(row["name"])))
    terms = []
    for number in range(count):
        row, other = draw.choice(rows), draw.choice(rows)
        text = draw.choice(_bigrams(row["name"]) if number % 2 else every)
        terms.append(Term(text, row["region_code"], other["code"]))
    return terms
