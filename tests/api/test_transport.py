"""GraphQL over HTTP and server-sent events: media types, status codes."""

import gzip
import json

import httpx
import pytest
from apikit.clients import Ask, Counting
from apikit.sample import Sample

from registry.api.negotiation import is_event_stream, response_type, takes_gzip
from registry.api.transport import malformed, refusal
from registry.domain.errors import Bilingual, Unavailable

NAME = '{ institution(code: "FAC:A1") { name } }'
ANSWER = {"institution": {"name": "夕阳红东站"}}
JSON, RESPONSE = "application/json", "application/graphql-response+json"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, JSON),
        ("*/*", JSON),
        (JSON, JSON),
        (RESPONSE, RESPONSE),
        (f"{RESPONSE}, {JSON};q=0.9", RESPONSE),
        (f"{RESPONSE};q=0.5, {JSON}", JSON),
        ("application/*;q=0.1, text/plain", JSON),
    ],
)
async def test_answers_in_the_media_type_asked_for(
    client: httpx.AsyncClient, sample: Sample, accept: str | None, media_type: str
) -> None:
    headers = {} if accept is None else {"accept": accept}
    if accept is None:
        del client.headers["accept"]
    response = await client.post("/graphql", json={"query": NAME}, headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.json()["data"] == ANSWER


STATUSES = [
    (RESPONSE, "{ wrong }", 400),
    (RESPONSE, "{ wro", 400),
    (JSON, "{ wrong }", 200),
    (JSON, "{ wro", 200),
    (RESPONSE, '{ node(id: "x") { id } }', 200),
    (RESPONSE, "query($n: Int) { institutions(first: $n) { totalCount } }", 400),
]


@pytest.mark.parametrize(("accept", "query", "status"), STATUSES)
async def test_status_tells_requests_that_were_not_executed(
    client: httpx.AsyncClient, sample: Sample, accept: str, query: str, status: int
) -> None:
    body = {"query": query, "variables": {"n": "not a number"}}
    response = await client.post("/graphql", json=body, headers={"accept": accept})
    assert response.status_code == status
    assert ("data" in response.json()) is ("node" in query)


BAD_BODIES = [
    (b"{", JSON, 400),
    (b"[]", JSON, 400),
    (b'"text"', JSON, 400),
    (b"\xff\xfe", JSON, 400),
    (b"{}", JSON, 400),
    (b'{"query": 1}', JSON, 400),
    (b'{"query": "{ __typename }", "variables": []}', JSON, 400),
    (b'{"query": "{ __typename }", "operationName": {}}', JSON, 400),
    (b'[{"query": 1}]', JSON, 400),
    (b"query=x", "application/x-www-form-urlencoded", 415),
    (b"{ __typename }", "application/graphql", 415),
    (b'{"query": "' + b"x" * (2 << 20) + b'"}', JSON, 413),
]


@pytest.mark.parametrize(
    ("body", "content_type", "status"), BAD_BODIES, ids=[str(body[:40]) for body, _, _ in BAD_BODIES]
)
async def test_bad_bodies_are_refused_as_graphql_errors(
    client: httpx.AsyncClient, body: bytes, content_type: str, status: int
) -> None:
    response = await client.post("/graphql", content=body, headers={"content-type": content_type})
    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert response.json()["errors"][0]["extensions"]["messageZh"]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("APPLICATION/JSON", 200),
        ("application/json; charset=utf-8", 200),
        ('application/json;charset="UTF-8"', 200),
        ("application/json; charset=latin-1", 415),
        ("application/json; charset=utf-16", 415),
        ("application/json-patch+json", 415),
        ("x/application/json", 415),
        ("application/jsonx", 415),
        ("text/plain; application/json", 415),
        ("application/graphql-response+json", 415),
        ("", 415),
    ],
)
async def test_only_json_is_read(client: httpx.AsyncClient, sample: Sample, content_type: str, status: int) -> None:
    body = json.dumps({"query": NAME}).encode()
    for _ in range(2):  # the second time on the short way
        response = await client.post("/graphql", content=body, headers={"content-type": content_type})
        assert response.status_code == status
        assert ("data" in response.json()) is (status == 200)


async def test_a_compressed_body_is_refused_as_such(client: httpx.AsyncClient, sample: Sample) -> None:
    body = gzip.compress(json.dumps({"query": NAME}).encode())
    headers = {"content-type": JSON, "content-encoding": "gzip"}
    response = await client.post("/graphql", content=body, headers=headers)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["rule"]) == (415, "request.malformed")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (RESPONSE, RESPONSE),
        (f"{JSON}, {RESPONSE}", JSON),
        (f"{RESPONSE}, {JSON}", RESPONSE),
        (f"{RESPONSE}, {JSON};q=0.9", RESPONSE),
        (f"{JSON};q=0.5, {RESPONSE}", RESPONSE),
        (f"{JSON};q=0, */*", RESPONSE),
        (f"*/*;q=0.1, {RESPONSE};q=0", JSON),
        (f"{RESPONSE}, */*", RESPONSE),
        (f"text/html, {JSON};charset=utf-8;q=0.2", JSON),
        (f"{JSON};q=0, {RESPONSE};q=0", None),
        ("*/*;q=0", None),
        ("image/png", None),
        (f"{JSON};q=x", None),
        (";;,,", None),
    ],
)
def test_the_media_type_wanted_most_is_given(accept: str, expected: str | None) -> None:
    assert response_type(accept) == expected


def test_who_refuses_events_or_gzip_gets_none() -> None:
    assert is_event_stream("text/event-stream")
    assert is_event_stream("application/json, text/event-stream;q=0.5")
    assert not is_event_stream("text/event-stream;q=0, */*")
    assert not is_event_stream("*/*")
    taken = [takes_gzip(given) for given in ("gzip", "br, gzip;q=0.1", "*", "GZIP", "x-gzip")]
    refused = [takes_gzip(given) for given in ("", "identity", "gzip;q=0", "br", "*;q=0", "gzip;q=0, *", "notgzip")]
    assert (all(taken), any(refused)) == (True, False)


async def test_head_is_get_without_its_body(client: httpx.AsyncClient, sample: Sample) -> None:
    asked = {"query": NAME}
    told, head = await client.get("/graphql", params=asked), await client.head("/graphql", params=asked)
    assert head.status_code == 200
    assert {**head.headers} == {**told.headers}
    mutation = 'mutation { revokeApiKey(input: {id: "1"}) { __typename } }'
    assert (await client.head("/graphql", params={"query": mutation})).status_code == 405


TWO = "query A { a: __typename } query B { b: __typename }"
MIXED = 'query A { __typename } mutation B { revokeApiKey(input: {id: "1"}) { __typename } }'
UNCHOSEN = [
    (TWO, None),
    (TWO, "C"),
    (TWO, ""),
    (MIXED, None),
    ("{ __typename }", "A"),
    ('mutation B { revokeApiKey(input: {id: "1"}) { __typename } }', "A"),
]


@pytest.mark.parametrize("method", ["GET", "POST", "events"])
@pytest.mark.parametrize(("query", "name"), UNCHOSEN)
async def test_operation_must_be_chosen(
    client: httpx.AsyncClient, observed: Counting, method: str, query: str, name: str | None
) -> None:
    request = {"query": query} if name is None else {"query": query, "operationName": name}
    accept = {"accept": "text/event-stream" if method == "events" else RESPONSE}
    if method == "GET":
        response = await client.get("/graphql", params=request, headers=accept)
    else:
        response = await client.post("/graphql", json=request, headers=accept)
    text = response.text.split("data: ")[1].splitlines()[0] if method == "events" else response.text
    [error] = json.loads(text)["errors"]
    assert (error["extensions"]["code"], error["extensions"]["rule"]) == ("BAD_USER_INPUT", "request.operation-name")
    assert response.status_code == (200 if method == "events" else 400)
    assert [codes for _, _, codes in observed.operations] == [("BAD_USER_INPUT",)]


async def test_chosen_operation_is_run(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": TWO, "operationName": "B"})
    assert response.json()["data"] == {"b": "Query"}
    fragments = await client.post("/graphql", json={"query": "fragment F on Query { __typename }"})
    assert fragments.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_get_serves_queries_only(client: httpx.AsyncClient, sample: Sample) -> None:
    variables = json.dumps({"c": "FAC:A1"})
    query = "query($c: String!) { institution(code: $c) { name } }"
    asked = await client.get("/graphql", params={"query": query, "variables": variables})
    assert asked.json()["data"] == ANSWER
    changed = await client.get(
        "/graphql", params={"query": 'mutation { revokeApiKey(input: {id: "1"}) { __typename } }'}
    )
    assert (changed.status_code, changed.headers["allow"]) == (405, "GET, POST")
    broken = await client.get("/graphql", params={"query": query, "variables": "{"})
    assert broken.status_code == 400


async def test_other_methods_and_media_types(client: httpx.AsyncClient) -> None:
    assert (await client.put("/graphql")).status_code == 405
    assert (await client.delete("/graphql")).headers["allow"] == "GET, POST"
    refused = await client.post("/graphql", json={"query": NAME}, headers={"accept": "image/png"})
    assert refused.status_code == 406


async def test_events_carry_a_query_on_one_line(client: httpx.AsyncClient, sample: Sample) -> None:
    query = '{ institution(code: "914403001922038216") { name ratingHistory { nodes { stars } } } }'
    response = await client.post("/graphql", json={"query": query}, headers={"accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")
    event, data, *_ = response.text.split("\r\n")
    assert event == "event: next"
    assert json.loads(data.removeprefix("data: "))["data"]["institution"]["name"] == "安康颐养院"
    assert "event: complete" in response.text


async def test_ask_fixture_is_public_by_default(ask: Ask) -> None:
    assert (await ask("{ viewer { role } }"))["data"] == {"viewer": {"role": "PUBLIC"}}


def test_who_cannot_be_answered_now_is_told_when_to_come_again() -> None:
    away = Unavailable(Bilingual("无", "No key is known"), rule="token.keys")
    assert refusal("application/json", 503, away).headers["retry-after"] == "2"
    assert "retry-after" not in refusal("application/json", 400, malformed("x")).headers
