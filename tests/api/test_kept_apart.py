"""What is known of one question is told to no other: of other callers, moments, operations and values."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from unittest import mock

import httpx
import pytest
from apikit.clients import ACTORS, Ask
from apikit.sample import Sample
from graphql import FieldNode, NameNode

from registry.api.context import ApiContext, write_instant
from registry.api.planner.shapes import shape_key
from registry.api.planner.sql import Moment

LOOK_UP = "query Known($c: String!) { institution(code: $c) { name } }"
BATCH = "query($c: [String!]!) { ratings(codes: $c) { __typename } }"
REGION = '{ institution(code: "FAC:A1") { region { name } } }'
EVE, MIDNIGHT = datetime(2039, 12, 31, 15, 59, tzinfo=UTC), datetime(2039, 12, 31, 16, 0, tzinfo=UTC)
"""The last minute of a law day on which a region ends, and the first of the next."""


def test_statements_are_known_by_all_that_parts_them() -> None:
    nodes = [FieldNode(name=NameNode(value="institution")) for _ in range(2)]
    moments = [Moment(date(2026, 1, 1)), Moment(date(2026, 1, 1), 1), Moment(date(2026, 1, 1), 1, reviewed=True)]
    home = ACTORS["Bearer home"]
    actors = [*ACTORS.values(), replace(home, institution_code="FAC:A1"), replace(home, region_code="220000")]
    keys = [shape_key((node,), actor, moment) for node in nodes for actor in actors for moment in moments]
    assert len(set(keys)) == len(keys)


async def test_a_known_document_is_not_run_as_an_operation_that_it_lacks(
    client: httpx.AsyncClient, sample: Sample
) -> None:
    body = {"query": LOOK_UP, "variables": {"c": "FAC:A1"}}
    assert (await client.post("/graphql", json=body)).json()["data"]["institution"]
    wrong = (await client.post("/graphql", json={**body, "operationName": "Unknown"})).json()
    assert wrong["errors"][0]["extensions"]["rule"] == "request.operation-name"


@pytest.mark.parametrize("codes", [["FAC:A1", 5], [None]])
async def test_wrong_items_are_told_of_a_known_document_too(ask: Ask, codes: list[Any]) -> None:
    assert "errors" not in await ask(BATCH, c=["FAC:A1"])
    assert (await ask(BATCH, c=codes))["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_direction_that_is_not_given_is_not_one_that_is_null(ask: Ask) -> None:
    query = "query($d: OrderDirection) { institutions(orderBy: [{field: BEDS, direction: $d}]) { nodes { code } } }"
    assert "errors" not in await ask(query)
    assert (await ask(query, d=None))["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_values_are_counted_for_a_known_document_too(ask: Ask) -> None:
    assert "errors" not in await ask(LOOK_UP, c="FAC:A1")
    told = await ask(LOOK_UP, c="FAC:A1", beside=[0] * 5_001)
    assert told["errors"][0]["extensions"]["rule"] == "limit.values"


async def test_a_list_that_cannot_be_read_is_null_as_a_whole(client: httpx.AsyncClient, context: ApiContext) -> None:
    body = {"query": "query($n: Int!) { institutions(first: $n) { nodes { code } } }", "variables": {"n": 1}}
    assert (await client.post("/graphql", json=body)).json()["data"]
    await context.database.public.close()
    short = (await client.post("/graphql", json=body)).json()
    with mock.patch("registry.api.swift.Swift.answer", return_value=None):
        assert (await client.post("/graphql", json=body)).json() == short
    assert short["data"] is None


async def test_law_days_begin_at_midnight_in_china(ask: Ask, context: ApiContext) -> None:
    for _ in range(2):  # by the long way, then by the short one
        for now, name in ((EVE, "朝阳区"), (MIDNIGHT, "未来区")):
            object.__setattr__(context, "clock", lambda now=now: now)
            assert (await ask(REGION))["data"]["institution"]["region"] == {"name": name}


async def test_each_field_of_an_operation_is_asked_of_its_own_instant(
    ask: Ask, context: ApiContext, sample: Sample
) -> None:
    object.__setattr__(context, "clock", lambda: MIDNIGHT)
    answer = await ask(
        """query($eve: DateTime, $midnight: DateTime, $old: DateTime) {
        eve: institution(code: "FAC:A1", asOf: $eve) { ...R } now: institution(code: "FAC:A1") { ...R }
        midnight: institution(code: "FAC:A1", asOf: $midnight) { ...R }
        old: institution(code: "FAC:A1", asOf: $old) { ...R } } fragment R on Institution { region { name } }""",
        eve=write_instant(EVE),
        midnight=write_instant(MIDNIGHT),
        old=write_instant(sample.recorded[0]),
    )
    old, new = {"region": {"name": "朝阳区"}}, {"region": {"name": "未来区"}}
    assert answer["data"] == {"eve": old, "now": new, "midnight": new, "old": None}


async def test_what_cannot_be_stored_equals_nothing_on_either_way(ask: Ask) -> None:
    document = "query($c: String!) { institution(code: $c) { name } }"
    long = await ask(document, c="FAC:\x00")
    assert (await ask(document, c="FAC:A1"))["data"]["institution"]
    short = await ask(document, c="FAC:\x00")
    assert short == long
    assert short["data"] == {"institution": None}
