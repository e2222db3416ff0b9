"""Attacks that are known against GraphQL servers: each is refused, cheaply, and the next caller is answered."""

import json
from time import perf_counter
from typing import Any

import httpx
import pytest
from apikit.clients import Ask
from apikit.sample import Sample

from registry.api.limits import LARGEST_BODY_BYTES

JSON = {"content-type": "application/json"}
NAME = '{ institution(code: "FAC:A1") { name } }'


def nested(levels: int) -> str:
    return '{ node(id: "x") { ... on Region ' + "{ parent " * levels + "{ code }" + " }" * levels + " } }"


CYCLE = "fragment A on Query { ...B } fragment B on Query { ...A } { ...A }"
INTROSPECTED = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }"
MANY_TYPES = (
    "{ " + " ".join(f"a{n}: __schema {{ types {{ fields {{ name args {{ name }} }} }} }}" for n in range(100)) + " }"
)
LISTS = "{ institutions(first: 1000) { nodes { organisation { institutions(first: 1000) { nodes { name } } } } } }"
LAUGHS = '{ node(id: "x") { ...F0 } } ' + " ".join(
    f"fragment F{n} on Region {{ a: parent {{ ...F{n + 1} }} b: parent {{ ...F{n + 1} }} }}" for n in range(13)
)

VECTORS: list[tuple[str, str, str]] = [
    ("circular fragments", CYCLE, "graphql.validation"),
    ("circular introspection", INTROSPECTED, "graphql.validation"),
    ("aliases", "{ " + " ".join(f"a{n}: {NAME[2:-2]}" for n in range(101)) + " }", "limit.aliases"),
    ("repeated fields", "{ " + "__typename " * 1_001 + "}", "limit.fields"),
    ("repeated directives", "{ __typename " + "@a" * 101 + " }", "limit.directives"),
    ("unknown directives", "{ __typename @a @b }", "graphql.validation"),
    ("deep nesting", nested(20), "limit.depth"),
    ("nesting beyond the stack", nested(1_500), "graphql.syntax"),
    ("tokens", "{ " + "a " * 10_000 + "}", "graphql.syntax"),
    ("lists within lists", LISTS, "limit.cost"),
    ("introspection by the hundred", MANY_TYPES, "limit.cost"),
    ("a billion laughs", LAUGHS + " fragment F13 on Region { code }", "limit.fields"),
    ("braces", "{" * 4_000, "graphql.syntax"),
    ("brackets", "{ ratings(codes: " + "[" * 2_000 + "]" * 2_000 + ") { __typename } }", "graphql.syntax"),
    ("a bracketed type", "query($a: " + "[" * 2_000 + "Int" + "]" * 2_000 + ") { __typename }", "graphql.syntax"),
]


@pytest.mark.parametrize(("query", "rule"), [vector[1:] for vector in VECTORS], ids=[vector[0] for vector in VECTORS])
async def test_vector_is_refused_in_a_moment(ask: Ask, query: str, rule: str) -> None:
    begun = perf_counter()
    answer = await ask(query)
    assert perf_counter() - begun < 20
    assert answer["errors"][0]["extensions"]["rule"] == rule
    assert "data" not in answer
    assert (await ask(NAME))["data"] == {"institution": {"name": "夕阳红东站"}}


HOSTILE: list[Any] = [
    {"c": {"$ne": None}},
    {"c": [["FAC:A1"]]},
    {"c": 10**400},
    {"c": "x' OR '1'='1"},
    {"c": "\x00"},
    {"c": "\ud800"},
    {"c": "𝕏" * 100_000},
    {"c": "%s%n{0}{row}$1"},
    {"C": "FAC:A1"},
    {"__proto__": {"c": "FAC:A1"}},
]


@pytest.mark.parametrize("variables", HOSTILE, ids=[str(given)[:30] for given in HOSTILE])
async def test_hostile_variables_find_nothing_and_break_nothing(
    client: httpx.AsyncClient, sample: Sample, variables: Any
) -> None:
    body = {"query": "query($c: String!) { institution(code: $c) { name } }", "variables": variables}
    answer = (await client.post("/graphql", content=json.dumps(body), headers=JSON)).json()
    codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
    assert answer.get("data") in (None, {"institution": None})
    assert codes <= {"BAD_USER_INPUT"}


NUMBERS = "query($n: [String!]!) { ratings(codes: $n) { __typename } }"
KINDS = "query($n: [InstitutionKind!]) { institutions(filter: {kinds: $n}) { totalCount } }"
NODES = "query($n: [ID!]!) { nodes(ids: $n) { id } }"


@pytest.mark.parametrize("key", [None, "buyer"])
@pytest.mark.parametrize(("query", "good", "bad"), [(NUMBERS, "x", 5), (KINDS, "CARE_HOME", "NO"), (NODES, "x", {})])
async def test_a_long_list_of_wrong_values_takes_no_longer_than_a_short_one(
    ask: Ask, query: str, good: Any, bad: Any, key: str | None
) -> None:
    for value in (good, bad):  # the document is known then, and the short way tried first
        await ask(query, key, n=[value])
    for count, rules in ((4_900, {"graphql.validation"}), (200_000, {"graphql.validation", "limit.values"})):
        begun = perf_counter()
        answer = await ask(query, key, n=[bad] * count)
        assert perf_counter() - begun < 10
        assert answer["errors"][0]["extensions"]["rule"] in rules | {"limit.cost"}
        assert len(answer["errors"]) < 60


async def test_a_thousand_identifiers_of_nothing_are_a_thousand_nulls(ask: Ask) -> None:
    answer = await ask(NODES, n=["x"] * 1_000)
    assert answer["data"] == {"nodes": [None] * 1_000}
    assert {error["extensions"]["rule"] for error in answer["errors"]} == {"node.id"}
    assert len(answer["errors"]) == 1_000


async def test_no_more_values_are_looked_at_than_a_caller_may_bring(ask: Ask) -> None:
    query = "query($f: InstitutionFilter) { institutions(filter: $f) { totalCount } }"
    for most, key in ((5_000, None), (250_000, "buyer")):
        refused = await ask(query, key, f={"kinds": ["NO"], "x": [[0] * (most // 2)] * 2})
        assert refused["errors"][0]["extensions"]["rule"] == "limit.values"
        assert refused["errors"][0]["extensions"]["messageZh"].startswith("请求的变量值数")
        assert "data" not in refused


async def test_no_message_is_as_long_as_what_it_tells_of(ask: Ask) -> None:
    for query in ("{ " + "a" * 90_000 + " }", "{ institution(" + "b" * 90_000 + ": 1) { name } }", "q" * 90_000):
        answer = await ask(query)
        assert len(str(answer)) < 5_000


async def test_deep_json_is_refused(client: httpx.AsyncClient) -> None:
    body = b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"
    response = await client.post("/graphql", content=body, headers=JSON)
    assert response.status_code == 400


@pytest.mark.parametrize("body", [b'{"query": "{ __typename } # \xff"}', b'\xef\xbb\xbf{"query": 1', b"\x00" * 100])
async def test_malformed_utf8_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    response = await client.post("/graphql", content=body, headers=JSON)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["rule"] == "request.malformed"


async def test_malformed_utf8_in_an_address_is_no_fault(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql?query=%7B%20__typename%20%7D%20%23%ff&variables=%ff")
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream", "text/html, */*"])
async def test_nothing_is_changed_by_get(client: httpx.AsyncClient, accept: str) -> None:
    mutation = 'mutation { revokeApiKey(input: {id: "1"}) { __typename } }'
    headers = {"accept": accept, "authorization": "Bearer admin"}
    response = await client.get("/graphql", params={"query": mutation}, headers=headers)
    assert response.status_code == (200 if "event" in accept else 405)
    assert "errors" in response.text
    assert "RevokeApiKey" not in response.text


FORMS = [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "",
    "text/plain;application/jso",
]


@pytest.mark.parametrize("content_type", FORMS)
async def test_a_form_of_another_site_is_refused(client: httpx.AsyncClient, content_type: str) -> None:
    response = await client.post(
        "/graphql", content=json.dumps({"query": NAME}), headers={"content-type": content_type}
    )
    assert response.status_code == 415


async def test_a_huge_document_is_refused_unread(client: httpx.AsyncClient) -> None:
    begun = perf_counter()
    body = json.dumps({"query": "{ " + "a " * (LARGEST_BODY_BYTES // 2) + "}"})
    response = await client.post("/graphql", content=body, headers=JSON)
    assert response.status_code == 413
    assert perf_counter() - begun < 20


GUESSES = [
    "{ institution }",
    "{ institutio { x } }",
    '{ institution(code: "x") { nam } }',
    "{ institutions(filte: {}) { totalCount } }",
    "{ institutions(filter: {nam: 1}) { totalCount } }",
    "{ institutions(orderBy: [{field: COD}]) { totalCount } }",
    "query($a: InstitutionFilte) { institutions(filter: $a) { totalCount } }",
    "{ ...on Institutio { x } }",
    "{ __typename @ski(if: true) }",
    "mutation { createApiKe(input: {}) { __typename } }",
]


@pytest.mark.parametrize("guess", GUESSES)
async def test_guesses_learn_no_name(ask: Ask, guess: str) -> None:
    text = str((await ask(guess))["errors"])
    assert "Did you mean" not in text
    for name in ("institutions", "nameContains", "createApiKey", "CODE", "@skip"):
        assert name in guess or name not in text
