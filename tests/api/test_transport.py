"""GraphQL over HTTP, server-sent events and WebSocket: media types, status codes, protocols."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from apikit.clients import Ask, Counting, authenticate
from apikit.sample import Sample, write_sample
from gql import Client, gql
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport
from starlette.applications import Starlette
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from registry.api import ApiContext, graphql_routes
from registry.db.pool import Addresses, open_database

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
    (b'[{"query": "{ __typename }"}]', JSON, 400),
    (b"query=x", "application/x-www-form-urlencoded", 415),
    (b"{ __typename }", "application/graphql", 415),
    (b'{"query": "' + b"x" * (1 << 20) + b'"}', JSON, 413),
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


# A server that runs --------------------------------------------------------------------------------------------------


class Serving:
    """The API on a real server in a thread of its own."""

    def __init__(self, addresses: Addresses) -> None:
        self.addresses = addresses
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.ready, self.server = threading.Event(), None
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve()))

    async def serve(self) -> None:
        async with open_database(self.addresses, size=2) as database:
            await write_sample(database)
            app = Starlette(routes=graphql_routes(ApiContext(database, authenticate=authenticate)))
            self.server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
            self.ready.set()
            await self.server.serve(sockets=[self.socket])

    def stop(self) -> None:
        assert self.server is not None
        self.server.should_exit = True
        self.thread.join(timeout=30)
        assert not self.thread.is_alive()


@pytest.fixture
def served(addresses: Addresses) -> Iterator[int]:
    serving = Serving(addresses)
    serving.thread.start()
    assert serving.ready.wait(30)
    yield serving.port
    serving.stop()


async def test_python_client_over_http_and_websocket(served: int) -> None:
    document = gql(NAME)
    async with Client(
        transport=HTTPXAsyncTransport(f"http://127.0.0.1:{served}/graphql"), fetch_schema_from_transport=True
    ) as session:
        assert await session.execute(document) == ANSWER
    async with Client(transport=WebsocketsTransport(f"ws://127.0.0.1:{served}/graphql")) as session:
        assert await session.execute(document) == ANSWER


async def exchange(port: int, protocol: str, *messages: Any) -> list[Any]:
    """Send messages and return what comes back; the close code last."""
    received: list[Any] = []
    async with connect(f"ws://127.0.0.1:{port}/graphql", subprotocols=[Subprotocol(protocol)]) as opened:
        try:
            for message in messages:
                await opened.send(message if isinstance(message, str | bytes) else json.dumps(message))
            async with asyncio.timeout(2):
                async for frame in opened:
                    assert isinstance(frame, str), "binary frames break the reference client"
                    received.append(json.loads(frame))
        except (ConnectionClosed, TimeoutError):
            pass
        return [*received, opened.close_code]


INIT = {"type": "connection_init"}


def subscribe(query: str, **more: Any) -> dict[str, Any]:
    return {"id": "1", "type": "subscribe", "payload": {"query": query, **more}}


async def test_websocket_speaks_the_one_protocol(served: int) -> None:
    assert await exchange(served, "graphql-ws", INIT) == [4406]
    ack, answer, complete, _ = await exchange(served, "graphql-transport-ws", INIT, subscribe(NAME))
    assert ack == {"type": "connection_ack"}
    assert (answer["type"], answer["payload"]["data"]) == ("next", ANSWER)
    assert answer["payload"]["extensions"]["register"]["position"] == 6
    assert complete == {"id": "1", "type": "complete"}
    _, refused, _ = await exchange(served, "graphql-transport-ws", INIT, subscribe("{ wrong }"))
    assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "BAD_USER_INPUT")
    _, unchosen, _ = await exchange(served, "graphql-transport-ws", INIT, subscribe(TWO))
    assert (unchosen["type"], unchosen["payload"][0]["extensions"]["rule"]) == ("error", "request.operation-name")


async def test_websocket_takes_credentials_in_its_first_message(served: int) -> None:
    named = {"type": "connection_init", "payload": {"Authorization": "Bearer jilin"}}
    answers = await exchange(served, "graphql-transport-ws", named, subscribe("{ viewer { name } }"))
    assert answers[1]["payload"]["data"] == {"viewer": {"name": "jilin"}}
    wrong = {"type": "connection_init", "payload": {"authorization": "Bearer wrong"}}
    assert await exchange(served, "graphql-transport-ws", wrong) == [4403]


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["nonsense"], 4400),
        (["[]"], 4400),
        ([b"\x00"], 4400),
        ([{"type": 5}], 4400),
        ([INIT, {"id": "1", "type": "subscribe"}], 4400),
        ([INIT, {"id": "1", "type": "subscribe", "payload": []}], 4400),
        ([INIT, {"id": [], "type": "subscribe", "payload": {"query": NAME}}], 4400),
        ([INIT, subscribe(NAME, variables=[])], 4400),
        ([subscribe(NAME)], 4401),
        ([INIT, INIT], 4429),
    ],
)
async def test_websocket_closes_on_what_is_not_its_protocol(served: int, messages: list[Any], code: int) -> None:
    assert (await exchange(served, "graphql-transport-ws", *messages))[-1] == code


async def test_ask_fixture_is_public_by_default(ask: Ask) -> None:
    assert (await ask("{ viewer { role } }"))["data"] == {"viewer": {"role": "PUBLIC"}}
