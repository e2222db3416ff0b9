"""The API on a server that runs: public Python clients, and the WebSocket protocol graphql-transport-ws."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from apikit.serving import INIT, Serving, exchange, subscribe
from gql import Client, gql
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from registry.db.pool import Addresses
from registry.domain.errors import Bilingual, Unauthenticated, Unavailable

NAME = '{ institution(code: "FAC:A1") { name } }'
ANSWER = {"institution": {"name": "夕阳红东站"}}
TWO = "query A { a: __typename } query B { b: __typename }"


@pytest.fixture
def serving(addresses: Addresses) -> Iterator[Serving]:
    serving = Serving(addresses)
    serving.thread.start()
    assert serving.ready.wait(90)
    yield serving
    serving.stop()


@pytest.fixture
def served(serving: Serving) -> int:
    return serving.port


async def test_python_client_over_http_and_websocket(served: int) -> None:
    document = gql(NAME)
    async with Client(
        transport=HTTPXAsyncTransport(f"http://127.0.0.1:{served}/graphql"), fetch_schema_from_transport=True
    ) as session:
        assert await session.execute(document) == ANSWER
    async with Client(transport=WebsocketsTransport(f"ws://127.0.0.1:{served}/graphql")) as session:
        assert await session.execute(document) == ANSWER


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


VIEWER = "{ viewer { name } }"
REVOKED = Unauthenticated(Bilingual("密钥已吊销", "The key was revoked"), rule="access.revoked-key")
AWAY = Unavailable(Bilingual("数据库无应答", "The database does not answer"), rule="database.away")


@pytest.mark.parametrize("in_header", [False, True])
async def test_websocket_ends_when_its_key_does(serving: Serving, in_header: bool) -> None:
    credential = {"Authorization": "Bearer jilin"}
    protocol, address = Subprotocol("graphql-transport-ws"), f"ws://127.0.0.1:{serving.port}/graphql"
    headers = credential if in_header else {}
    async with connect(address, subprotocols=[protocol], additional_headers=headers) as opened, asyncio.timeout(60):
        await opened.send(json.dumps(INIT if in_header else {**INIT, "payload": credential}))
        await opened.send(json.dumps(subscribe(VIEWER)))
        frames = [json.loads(await opened.recv()) for _ in range(3)]
        assert frames[1]["payload"]["data"] == {"viewer": {"name": "jilin"}}
        serving.failures["Bearer jilin"] = AWAY
        await opened.send(json.dumps(subscribe(VIEWER)))
        refused = json.loads(await opened.recv())
        assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "UNAVAILABLE")
        serving.failures["Bearer jilin"] = REVOKED
        await opened.send(json.dumps(subscribe(VIEWER)))
        with pytest.raises(ConnectionClosed):
            await opened.recv()
        assert opened.close_code == 4403


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


async def test_a_flood_of_operations_and_pings_is_bounded_and_delays_nobody_for_long(served: int) -> None:
    address, protocols = f"ws://127.0.0.1:{served}/graphql", [Subprotocol("graphql-transport-ws")]
    follow = {"query": "subscription { changes { position } }"}
    async with asyncio.timeout(180), connect(address, subprotocols=protocols) as flooding:
        await flooding.send(json.dumps(INIT))
        assert json.loads(await flooding.recv())["type"] == "connection_ack"

        async def flood() -> None:
            for number in range(2_000):
                await flooding.send(json.dumps({"id": str(number), "type": "subscribe", "payload": follow}))
                await flooding.send(json.dumps({"type": "ping"}))

        async def heard() -> list[Any]:
            return [json.loads(await flooding.recv()) for _ in range(3_900)]

        sent, answered = asyncio.create_task(flood()), asyncio.create_task(heard())
        begun = asyncio.get_running_loop().time()
        _, answer, _, _ = await exchange(served, "graphql-transport-ws", INIT, subscribe(NAME))
        assert asyncio.get_running_loop().time() - begun < 30
        assert answer["payload"]["data"] == ANSWER
        await sent
        told = await answered
    kinds = [message["type"] for message in told]
    assert (kinds.count("error"), kinds.count("pong")) == (1_900, 2_000)
    refused = {message["payload"][0]["extensions"]["rule"] for message in told if message["type"] == "error"}
    assert refused == {"limit.operations"}
