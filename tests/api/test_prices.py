"""What operations cost, and that what is too dear is refused before anything runs."""

from typing import Any

import httpx
import pytest
from apikit.clients import Ask, authenticate
from graphql import get_introspection_query
from starlette.applications import Starlette

from registry.api import ApiContext, graphql_routes
from registry.api.context import RequestContext
from registry.api.documents import Documents
from registry.api.prices import SHARES, budget_of
from registry.api.schema import build_schema
from registry.db.pool import Database
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS

DOCUMENTS = Documents(build_schema()._schema)
RATINGS = (
    "query($c: [String!]!) { ratings(codes: $c) { ... on Rated { rating { stars } } ... on UnknownCode { code } } }"
)
PAGE = "query($n: Int) { institutions(first: $n) { nodes { code } } }"
HISTORY = "ratingHistory(first: 5) { nodes { stars } }"
PRICES: list[tuple[str, dict[str, Any], int]] = [
    ('{ institution(code: "x") { name } }', {}, 1),
    ('{ institution(code: "x") { name region { code } } }', {}, 2),
    ('{ a: institution(code: "x") { name } b: institution(code: "y") { name } }', {}, 2),
    ('{ institution(code: "x") { explanation { score } } }', {}, 501),
    ("{ institutions { nodes { code } } }", {}, 51),
    ("{ institutions { totalCount pageInfo { hasNextPage } } }", {}, 11),
    ("{ institutions(first: 20) { edges { node { code } } } }", {}, 21),
    ("{ institutions(last: 20) { edges { cursor node { code region { code } } } } }", {}, 41),
    (f"{{ institutions(first: 100) {{ nodes {{ {HISTORY} }} }} }}", {}, 1 + 100 * (1 + 1 + 5)),
    (PAGE, {"n": 7}, 8),
    (PAGE, {"n": 7.0}, 8),
    (PAGE, {}, 51),
    (PAGE, {"n": None}, 51),
    (PAGE, {"n": 10**9}, 1001),
    (PAGE, {"n": -5}, 1),
    (PAGE, {"n": "many"}, 2),
    ("query($n: Int = 0) { institutions(first: $n) { nodes { code } } }", {}, 1),
    ("query($n: Int = 0) { institutions(first: $n) { nodes { code } } }", {"n": None}, 51),
    ("query($n: Int) { institutions(first: null, last: $n) { nodes { code } } }", {"n": 3}, 4),
    (RATINGS, {"c": ["x"] * 10}, 20),
    (RATINGS, {"c": "x"}, 2),
    ('{ ratings(codes: ["x", "y"]) { ... on Rated { code } } }', {}, 2),
    ("{ node(id: \"x\") { ... on Institution { region { code } } ... on Region { code } } }", {}, 2),
    ("{ nodes(ids: [\"x\", \"y\", \"z\"]) { id ... on Institution { region { code } } } }", {}, 6),
    ("{ institutions(first: 10) { ...P } } fragment P on InstitutionConnection { nodes { ...R } } "
     "fragment R on Institution { region { code } }", {}, 21),
    ("{ a: institutions(first: 10) { ...P } b: institutions(first: 100) { ...P } } "
     "fragment P on InstitutionConnection { nodes { code } }", {}, 11 + 101),
    ('{ node(id: "x") { ...F } } fragment F on Node { ... on Region { parent { code } } }', {}, 2),
    ('{ node(id: "x") { ...F } } fragment F on Node { ... on Institution { region { code } } }', {}, 2),
    ('{ node(id: "x") { ... on Institution { creditEntries(first: 10) { nodes { id } } } '
     "... on Organisation { creditEntries(first: 20) { nodes { id } } } } }", {}, 1 + 1 + 20),
    ('mutation { revokeApiKey(input: {id: "1"}) { __typename } }', {}, 11),
    ('mutation { a: revokeApiKey(input: {id: "1"}) { __typename } ...F } '
     'fragment F on Mutation { b: revokeApiKey(input: {id: "2"}) { __typename } }', {}, 22),
    ("subscription { changes { code } }", {}, 11),
    ("subscription { ...F } fragment F on Subscription { changes { code } }", {}, 11),
]  # fmt: skip


@pytest.mark.parametrize(("text", "variables", "cost"), PRICES, ids=[f"{text[:50]} {v}" for text, v, _ in PRICES])
def test_price_follows_the_schema(text: str, variables: dict[str, Any], cost: int) -> None:
    checked = DOCUMENTS.check(text)
    assert checked.errors == []
    assert checked.prices[None](variables) == cost


def test_each_operation_has_its_own_price() -> None:
    prices = DOCUMENTS.check('query A { regions { nodes { code } } } query B { region: node(id: "x") { id } }').prices
    assert {name: price({}) for name, price in prices.items()} == {"A": 51, "B": 1}
    shared = "fragment P on Query { institutions(first: $n) { nodes { code } } }"
    prices = DOCUMENTS.check(f"query A($n: Int = 1) {{ ...P }} query B($n: Int = 100) {{ ...P }} {shared}").prices
    assert {name: price({}) for name, price in prices.items()} == {"A": 2, "B": 101}


def test_introspection_is_affordable_and_its_multiples_are_not() -> None:
    whole = DOCUMENTS.check(get_introspection_query()).prices[None]({})
    assert 500 < whole < 5_000
    inner = "{ types { fields { name args { name type { name } } } } }"
    many = " ".join(f"a{n}: __schema {inner}" for n in range(100))
    assert DOCUMENTS.check(f"{{ {many} }}").prices[None]({}) > 10_000


def test_what_fragments_multiply_is_priced_in_moments() -> None:
    layers = " ".join(
        f"fragment F{n} on Region {{ {' '.join(f'a{n}{m}: parent {{ ...F{n + 1} }}' for m in range(3))} }}"
        for n in range(5)
    )
    text = f'{{ node(id: "x") {{ ...F0 }} }} {layers} fragment F5 on Region {{ code }}'
    assert DOCUMENTS.check(text).prices[None]({}) == 1 + sum(3**n for n in range(1, 6))


def small(database: Database, budget: int) -> httpx.AsyncClient:
    context = ApiContext(database, authenticate=authenticate, public_budget=budget)
    transport = httpx.ASGITransport(Starlette(routes=graphql_routes(context)))
    return httpx.AsyncClient(transport=transport, base_url="http://register")


async def test_answer_tells_its_cost(ask: Ask) -> None:
    answer = await ask('{ institution(code: "FAC:A1") { region { code } } }')
    assert answer["extensions"]["cost"] == {"requested": 2, "limit": 10_000}


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json", "text/event-stream"])
async def test_what_is_too_dear_is_refused_before_anything_runs(database: Database, accept: str) -> None:
    await database.public.close()  # nothing can run
    async with small(database, 100) as client:
        body = {"query": PAGE, "variables": {"n": 100}}
        response = await client.post("/graphql", json=body, headers={"accept": accept})
    assert response.status_code == (400 if "response" in accept else 200)
    assert '"COST_EXCEEDED"' in response.text
    assert '"limit.cost"' in response.text
    assert '"cost":{"requested":101,"limit":100}' in response.text
    assert '"data":{' not in response.text


@pytest.mark.parametrize("key", [None, "buyer", "home", "jilin", "auditor", "admin"])
async def test_budget_is_the_roles(database: Database, key: str | None) -> None:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    async with small(database, 60) as client:
        answers = [
            (await client.post("/graphql", json={"query": PAGE, "variables": {"n": n}}, headers=headers)).json()
            for n in (55, 115, 295, 595, 605)
        ]
    limit = answers[0]["extensions"]["cost"]["limit"]
    assert [("errors" in answer) for answer in answers] == [n + 1 > limit for n in (55, 115, 295, 595, 605)]
    roles = {None: 1, "buyer": 2, "home": 2, "jilin": 5, "auditor": 5, "admin": 10}
    assert limit == 60 * roles[key]


def test_every_role_has_a_budget() -> None:
    assert set(SHARES) == set(Role)
    assert budget_of(Role.PUBLIC, 123) == 123


async def test_a_batch_shares_one_budget_and_ends_at_its_limit(database: Database) -> None:
    one = {"query": PAGE, "variables": {"n": 39}}
    async with small(database, 100) as client:
        answers = (await client.post("/graphql", json=[one, one, one])).json()
        wrong = await client.post("/graphql", json=[one] * 11)
        mixed = await client.post("/graphql", json=[one, {"query": "{ wrong }"}])
        nothing = await client.post("/graphql", json=[])
        formless = await client.post("/graphql", json=[one, "x"])
    assert ["errors" in answer for answer in answers] == [False, False, True]
    assert answers[2]["errors"][0]["extensions"]["rule"] == "limit.cost"
    assert [len(answer["data"]["institutions"]["nodes"]) for answer in answers[:2]] == [0, 0]
    assert ["errors" in answer for answer in mixed.json()] == [False, True]
    assert [mixed.status_code, wrong.status_code, nothing.status_code, formless.status_code] == [200, 400, 400, 400]


async def test_each_operation_of_a_socket_may_cost_the_whole_budget_and_no_more(database: Database) -> None:
    request = RequestContext(ApiContext(database, public_budget=100), ANONYMOUS)
    for size, refused in ((60, False), (60, False), (100, True), (60, False)):
        result = await build_schema().execute(PAGE, {"n": size}, request)
        assert [error.extensions["rule"] for error in result.errors or []] == ["limit.cost"] * refused
