"""The planner gives what plain resolvers give: drawn documents over random registers, now and at every past instant."""

import asyncio
import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import asyncpg
import orjson
import pytest
from apikit.documents import Author, Pools, Word
from apikit.facts import Facts
from apikit.randomregister import RandomRegister
from apikit.reference import answer
from graphql import parse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from registry.api.context import ApiContext, RequestContext
from registry.api.documents import Documents
from registry.api.planner.nodes import write_id
from registry.api.schema import build_schema
from registry.db.pool import Addresses, Database, open_database
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, EVERYTHING, Actor

SCHEMA = build_schema()
ORDERS = (
    [("NAME", "ASC")],
    [("NAME", "DESC"), ("BEDS", "ASC")],
    [("SCORE", "DESC")],
    [("SCORE", "ASC"), ("CODE", "DESC")],
    [("STARS", "DESC"), ("NAME", "ASC"), ("BEDS", "DESC")],
    [("STARS", "ASC")],
    [("CERTIFIED_RATIO", "DESC"), ("SCORE", "ASC")],
    [("BEDS", "DESC"), ("SCORE", "DESC")],
)
ROOTS = ("institutions", "regions", "ratingPolicies", "ratingRuns", "changes", "creditEntries", "creditLists")


class Differential:
    """One register, asked in both ways."""

    def __init__(self, addresses: Addresses, seed: int) -> None:
        self.runner = asyncio.Runner()
        self.pools = open_database(addresses, size=2)
        self.database: Database = self.run(self.pools.__aenter__())
        register = RandomRegister(seed)
        self.run(register.write(self.database))
        self.facts = self.run(self._load(addresses, register))
        self.values = self._values(register)

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    async def _load(self, addresses: Addresses, register: RandomRegister) -> Facts:
        connection = await asyncpg.connect(addresses.owner)
        try:
            await register.backdate(connection)
            return await Facts.load(connection)
        finally:
            await connection.close()

    def _values(self, register: RandomRegister) -> Pools:
        recorded = [row["recorded_at"] for row in self.facts.tables["change_set"]]
        tick = timedelta(microseconds=1)
        pools = Pools(
            codes=[*register.organisations, *register.institutions],
            ids=[write_id("Institution", n) for n in register.institutions.values()]
            + [write_id("RatingRun", n) for n in register.runs]
            + [write_id("CreditEntry", n) for n in range(1, 9)]
            + [
                write_id("RatingPolicy", 1),
                write_id("Region", 3),
                write_id("Organisation", 2),
                write_id("Region", 999),
            ],
            instants=[at + move for at in recorded for move in (-tick, tick - tick, tick)],
        )
        self._collect_cursors(pools)
        return pools

    def _collect_cursors(self, pools: Pools) -> None:
        for name in (
            "institutions",
            "regions",
            "ratingPolicies",
            "ratingRuns",
            "changes",
            "creditEntries",
            "creditLists",
        ):
            pools.cursors[f"Query.{name}"] = self.cursors(f"{{ {name}(first: 40) {{ edges {{ cursor }} }} }}")
        page = "{ edges { cursor } }"
        below = (
            f"organisation {{ institutions {page} creditEntries {page} }} ratingHistory {page} creditEntries {page} "
        )
        below += f"region {{ parent {{ children {page} }} }}"
        text = f"{{ institutions(first: 100) {{ nodes {{ {below} }} }} }}"
        for field, parent in (
            ("institutions", "Organisation"),
            ("ratingHistory", "Institution"),
            ("children", "Region"),
            ("creditEntries", "Institution"),
        ):
            pools.cursors[f"{parent}.{field}"] = self.cursors(text, field)
        for order in ORDERS:
            written = [{"field": Word(name), "direction": Word(way)} for name, way in order]
            asked = ", ".join(f"{{field: {name}, direction: {way}}}" for name, way in order)
            pools.ordered.append((written, self.cursors(f"{{ institutions(orderBy: [{asked}]) {page} }}")))

    def cursors(self, text: str, below: str = "") -> list[str]:
        """Return the cursors in an answer of the reference, or those under one of its fields."""
        found: list[str] = []

        def walk(value: Any, inside: bool) -> None:
            if isinstance(value, list):
                for item in value:
                    walk(item, inside)
            elif isinstance(value, dict):
                for name, item in value.items():
                    if name == "cursor" and inside:
                        found.append(item)
                    walk(item, inside or name == below)

        data = answer(SCHEMA._schema, parse(text), {}, self.facts).data
        assert data is not None
        walk(data["institutions"]["nodes"] if below else data, not below)
        return found

    def close(self) -> None:
        self.run(self.pools.__aexit__(None, None, None))
        self.runner.close()

    def planned(self, text: str, variables: dict[str, Any]) -> tuple[Any, list[Any]]:
        context = RequestContext(
            ApiContext(self.database, public_budget=10**9), AUDITOR if self.facts.for_staff else ANONYMOUS
        )
        result = self.run(SCHEMA.execute(text, variables, context))
        return orjson.loads(orjson.dumps(result.data)), sorted(
            str(error.path) + error.message for error in result.errors or []
        )

    def plain(self, text: str, variables: dict[str, Any]) -> tuple[Any, list[Any]]:
        result = answer(SCHEMA._schema, parse(text), variables, self.facts)
        return result.data, sorted(str(error.path) + error.message for error in result.errors or [])


@pytest.fixture(params=[1, 2, 3])
def register(addresses: Addresses, request: pytest.FixtureRequest) -> Iterator[Differential]:
    differential = Differential(addresses, request.param)
    yield differential
    differential.close()


AUDITOR = Actor("key:1", Role.AUDITOR, "auditor", scope=EVERYTHING)


def test_planner_equals_plain_resolvers(register: Differential) -> None:
    compare(register, examples=250)


def test_planner_equals_plain_resolvers_for_staff(register: Differential) -> None:
    register.facts.for_staff = register.values.for_staff = True
    register.values.cursors["Query.qualityNotes"] = register.cursors("{ qualityNotes { edges { cursor } } }")
    assert len(register.values.cursors["Query.qualityNotes"]) > 3
    compare(register, examples=80, only=("qualityNotes", "creditEntries"))


def compare(register: Differential, *, examples: int, only: tuple[str, ...] = ()) -> None:
    documents = Documents(SCHEMA._schema)

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(st.integers(0, 2**64))
    def check(seed: int) -> None:
        text, variables = Author(SCHEMA._schema, random.Random(seed), register.values, only=only).document()
        assert documents.check(text).errors == [], text
        alike(register, text, variables)
        # The statement is known now: it must be right for other values too, and for these again.
        others = {name: register.values.other(random.Random(seed), value) for name, value in variables.items()}
        alike(register, text, others)
        alike(register, text, variables)

    check()


def alike(register: Differential, text: str, variables: dict[str, Any]) -> None:
    planned, plain = register.planned(text, variables), register.plain(text, variables)
    if planned[0] is None and "root1" in text:
        # Whichever root fails first ends the operation: the planner asks them all at once, resolvers one by one.
        assert plain[0] is None, (text, variables)
        assert bool(planned[1]) == bool(plain[1]), (text, variables)
        return
    assert json.dumps(planned, ensure_ascii=False) == json.dumps(plain, ensure_ascii=False), (text, variables)
