"""The vectors of two tools that attack or armour GraphQL servers, one test each, by their own criteria.

graphql-cop                  here                                        and, with more inputs, in
alias overloading            test_cop[alias-overloading]                 test_abuse (aliases)
batch queries                test_cop[batch-queries]                     test_prices (a batch shares one budget)
directive overloading        test_cop[directive-overloading]             test_abuse (repeated and unknown directives)
circular introspection       test_cop[circular-introspection]            test_abuse
circular fragments           test_cop[circular-fragments]                test_abuse
field duplication            test_cop[field-duplication]                 test_abuse (repeated fields)
tracing                      test_cop[tracing]                           test_errors
unhandled errors             test_cop[unhandled-errors]                  test_errors
field suggestions            test_cop[field-suggestions]                 test_abuse (guesses), test_closed_schema
mutation by GET              test_a_mutation_by_get_is_refused           test_abuse, test_transport
POST with a form             test_a_form_is_refused                      test_abuse (forms of another site)
query by GET                 test_a_query_by_get_changes_nothing_and_asks_for_no_cookie (GraphQL over HTTP has it)
introspection                test_a_closed_register_has_neither_introspection_nor_graphiql (open unless switched off)
GraphiQL                     the same

graphql-armor                here
character limit              test_armor[characters]
max tokens, document tokens  test_armor[tokens]
max depth                    test_armor[depth]
max aliases                  test_armor[aliases]
max directives               test_armor[directives]
cost limit                   test_armor_cost
block field suggestions      test_cop[field-suggestions]
"""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from apikit.clients import Ask, authenticate
from apikit.sample import Sample
from starlette.applications import Starlette

from registry.api import ApiContext, graphql_routes
from registry.api.limits import MAX_ALIASES, MAX_CHARACTERS, MAX_DEPTH, MAX_DIRECTIVES, MAX_TOKENS
from registry.db.pool import Database

ALIASES = "query cop { " + "".join(f"alias{n}:__typename \n" for n in range(101)) + "}"
DIRECTIVES = "query cop { __typename @aa@aa@aa@aa@aa@aa@aa@aa@aa@aa }"
CIRCULAR = (
    "query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } "
    "} } } }"
)
FRAGMENTS = """query { __schema { ...A } }
fragment A on __Schema { __typename ...B } fragment B on __Schema { ...A }"""
DUPLICATED = "query cop { " + "__typename \n" * 500 + "}"
SUGGESTED = "query cop { __schema { directive } }"
TYPENAME = "query cop { __typename }"


def is_traced(answer: Any) -> bool:
    return any(word in str(answer).lower() for word in ("stacktrace", "tracing", "traceback"))


COP: dict[str, tuple[Any, Callable[[Any], bool]]] = {
    "alias-overloading": ({"query": ALIASES}, lambda answer: "data" in answer),
    "batch-queries": ([{"query": TYPENAME}] * 11, lambda answer: isinstance(answer, list)),
    "directive-overloading": ({"query": DIRECTIVES}, lambda answer: len(answer["errors"]) >= 10),
    "circular-introspection": ({"query": CIRCULAR}, lambda answer: "data" in answer),
    "circular-fragments": ({"query": FRAGMENTS}, lambda answer: "errors" not in answer),
    "field-duplication": ({"query": DUPLICATED}, lambda answer: "data" in answer),
    "tracing": ({"query": TYPENAME}, is_traced),
    "unhandled-errors": ({"query": "qwerty cop { abc }"}, lambda answer: "exception" in str(answer)),
    "field-suggestions": ({"query": SUGGESTED}, lambda answer: "Did you mean" in str(answer)),
}


@pytest.mark.parametrize("name", COP)
async def test_cop(client: httpx.AsyncClient, sample: Sample, name: str) -> None:
    body, is_vulnerable = COP[name]
    answer = (await client.post("/graphql", json=body)).json()
    assert not is_vulnerable(answer)
    for error in answer.get("errors", []):
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert error["extensions"]["rule"]
        assert error["extensions"]["messageZh"]


async def test_a_mutation_by_get_is_refused(client: httpx.AsyncClient) -> None:
    for accept in ("application/json", "application/graphql-response+json", "*/*"):
        answer = await client.get("/graphql", params={"query": "mutation {__typename}"}, headers={"accept": accept})
        assert (answer.status_code, "data" in answer.json()) == (405, False)


async def test_a_form_is_refused(client: httpx.AsyncClient) -> None:
    for given in ({"data": {"query": TYPENAME}}, {"params": {"query": TYPENAME}}):
        answer = await client.post("/graphql", **given)  # type: ignore[arg-type]
        assert (answer.status_code, "data" in answer.json()) == (415, False)


async def test_a_query_by_get_changes_nothing_and_asks_for_no_cookie(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphql", params={"query": TYPENAME}, headers={"cookie": "session=1"})
    assert answer.json()["data"] == {"__typename": "Query"}
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers


@pytest.fixture
async def closed(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    context = ApiContext(database, authenticate=authenticate, introspection=False)
    transport = httpx.ASGITransport(Starlette(routes=graphql_routes(context)))
    async with httpx.AsyncClient(transport=transport, base_url="http://register") as opened:
        yield opened


async def test_a_closed_register_has_neither_introspection_nor_graphiql(closed: httpx.AsyncClient) -> None:
    introspected = await closed.post("/graphql", json={"query": "query cop { __schema { types { name } } }"})
    assert "data" not in introspected.json()
    for path in ("/graphiql", "/playground", "/console", "/graphql", "/graphql/static/graphiql.min.css"):
        answer = await closed.get(path, headers={"accept": "text/html"})
        assert answer.status_code >= 400
        assert not any(word in answer.text for word in ("graphiql.min.css", "GraphQL Playground", "GraphiQL"))


def nested(levels: int) -> str:
    return '{ node(id: "x") { ... on Region ' + "{ parent " * levels + "{ code }" + " }" * levels + " } }"


ARMOR = {
    "characters": (lambda most: "{ __typename #" + "x" * (most - 16) + "\n}", MAX_CHARACTERS, "limit.characters"),
    "tokens": (lambda most: "{ __typename " + "@a " * ((most - 3) // 2) + " }", MAX_TOKENS, "graphql.syntax"),
    "depth": (lambda most: nested(most - 2), MAX_DEPTH, "limit.depth"),
    "aliases": (
        lambda most: "{ " + " ".join(f"a{n}: __typename" for n in range(most)) + " }",
        MAX_ALIASES,
        "limit.aliases",
    ),
    "directives": (
        lambda most: "{ " + " ".join(f"a{n}: __typename @include(if: true)" for n in range(most)) + " }",
        MAX_DIRECTIVES,
        "limit.directives",
    ),
}


@pytest.mark.parametrize("name", ARMOR)
async def test_armor(ask: Ask, name: str) -> None:
    make, most, rule = ARMOR[name]
    refused = (await ask(make(most + 2)))["errors"]
    assert rule in {error["extensions"]["rule"] for error in refused}
    allowed = (await ask(make(most))).get("errors", [])
    assert rule not in {error["extensions"]["rule"] for error in allowed}


async def test_armor_cost(ask: Ask) -> None:
    page = (
        "{{ institutions(first: {0}) {{ nodes {{ name region {{ children(first: 50) {{ nodes {{ code }} }} }} }} }} }}"
    )
    refused = await ask(page.format(1000))
    assert refused["errors"][0]["extensions"]["code"] == "COST_EXCEEDED"
    assert refused["errors"][0]["extensions"]["rule"] == "limit.cost"
    assert refused["extensions"]["cost"]["requested"] > refused["extensions"]["cost"]["limit"]
    assert "errors" not in await ask(page.format(10))


async def test_a_field_said_again_is_answered_as_long_as_it_is_no_flood(ask: Ask) -> None:
    assert (await ask("{ " + "__typename " * 101 + "}"))["data"] == {"__typename": "Query"}
    refused = await ask("{ " + "__typename " * 102 + "}")
    assert refused["errors"][0]["extensions"]["rule"] == "limit.repeats"
