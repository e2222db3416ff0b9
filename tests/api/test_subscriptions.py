"""The changes as they happen: none missing, none twice, for whoever may see them, for as long as they may."""

import asyncio
import json
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, cast
from unittest import mock

import httpx
import orjson
import pytest
from apikit.builder import change_set
from apikit.sample import Sample
from apikit.serving import INIT, Serving, subscribe
from starlette.requests import ClientDisconnect
from strawberry.http.exceptions import WebSocketDisconnected
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from registry.api.context import ApiContext, RequestContext
from registry.api.planner import feeds
from registry.api.schema import build_schema
from registry.api.transport import SocketAdapter, impatient
from registry.db.pool import Addresses, Database, open_database
from registry.db.wakeups import Wakeups
from registry.domain.actors import ANONYMOUS
from registry.domain.errors import Bilingual, Unauthenticated

CHANGE = "{ cursor position ordinal kind entityId action code current }"
FOLLOW = f"""subscription($a: String, $k: [ChangeKind!], $c: [String!]) {{
  changes(after: $a, kinds: $k, codes: $c) {CHANGE}
}}"""
READ = f"query($a: String) {{ changes(first: 1000, after: $a) {{ edges {{ cursor node {CHANGE} }} }} }}"
FIRST = "query { changes(first: 1) { edges { cursor } } }"


@pytest.fixture
def serving(addresses: Addresses) -> Iterator[Serving]:
    serving = Serving(addresses)
    serving.thread.start()
    assert serving.ready.wait(90)
    yield serving
    serving.stop()


@pytest.fixture
async def register(serving: Serving, addresses: Addresses) -> AsyncIterator[Database]:
    async with open_database(addresses, size=2) as opened:
        yield opened


@asynccontextmanager
async def socket(port: int, **init: Any) -> AsyncIterator[ClientConnection]:
    address = f"ws://127.0.0.1:{port}/graphql"
    async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as opened, asyncio.timeout(90):
        await opened.send(json.dumps({**INIT, **({"payload": init} if init else {})}))
        assert json.loads(await opened.recv())["type"] == "connection_ack"
        yield opened


async def told(opened: ClientConnection) -> dict[str, Any]:
    message = json.loads(await opened.recv())
    payload: dict[str, Any] = message.get("payload", {})
    return {"type": message["type"], **payload} if isinstance(payload, dict) else {**message, "errors": payload}


async def ask(port: int, query: str, **variables: Any) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answer = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    return cast("list[dict[str, Any]]", answer["data"]["changes"]["edges"])


async def rename(database: Database, name: str) -> None:
    number = await database.staff.fetchval("SELECT id FROM register.institution WHERE code = 'FAC:A1'")
    async with change_set(database) as writer:
        await writer.amend("institution", number, name=name)


@pytest.mark.parametrize("size", [1, 7, 100])
async def test_what_was_and_what_comes_is_told_without_a_gap(serving: Serving, register: Database, size: int) -> None:
    first = (await ask(serving.port, FIRST))[0]["cursor"]
    with mock.patch.object(feeds, "PAGE", size):
        async with socket(serving.port) as opened:
            await opened.send(json.dumps(subscribe(FOLLOW, variables={"a": first})))
            before = await ask(serving.port, READ, a=first)
            found = [(await told(opened))["data"]["changes"] for _ in before]
            for number in range(5):
                await rename(register, f"新名{number}")
                found.append((await told(opened))["data"]["changes"])
    after = await ask(serving.port, READ, a=first)
    assert found == [edge["node"] for edge in after]
    assert [change["cursor"] for change in found] == [edge["cursor"] for edge in after]
    assert [change["current"]["name"] for change in found[-5:]] == [f"新名{number}" for number in range(5)]


async def test_without_a_cursor_it_begins_now(serving: Serving, register: Database) -> None:
    async with socket(serving.port) as opened:
        await opened.send(json.dumps(subscribe(FOLLOW)))
        await serving.followed()
        await rename(register, "新名")
        assert (await told(opened))["data"]["changes"]["current"]["name"] == "新名"


async def test_only_what_is_asked_for_is_told(serving: Serving, register: Database) -> None:
    first = (await ask(serving.port, FIRST))[0]["cursor"]
    everything = await ask(serving.port, READ, a=first)
    kinds = [edge["node"] for edge in everything if edge["node"]["kind"] == "RATING"]
    coded = [edge["node"] for edge in everything if edge["node"]["code"] == "FAC:A1"]
    async with socket(serving.port) as opened:
        await opened.send(json.dumps(subscribe(FOLLOW, variables={"a": first, "k": ["RATING"]})))
        assert [(await told(opened))["data"]["changes"] for _ in kinds] == kinds
    async with socket(serving.port) as opened:
        await opened.send(json.dumps(subscribe(FOLLOW, variables={"a": first, "c": ["fac:a1"]})))
        assert [(await told(opened))["data"]["changes"] for _ in coded] == coded
        await rename(register, "新名")
        assert (await told(opened))["data"]["changes"]["current"]["name"] == "新名"
    assert kinds
    assert coded


REFUSED = [({"a": "nonsense"}, "BAD_USER_INPUT"), ({"k": ["PERSON"]}, "FORBIDDEN"), ({"k": ["X"]}, "BAD_USER_INPUT")]


@pytest.mark.parametrize(("variables", "code"), REFUSED)
async def test_what_may_not_be_followed_is_refused(serving: Serving, variables: dict[str, Any], code: str) -> None:
    async with socket(serving.port) as opened:
        await opened.send(json.dumps(subscribe(FOLLOW, variables=variables)))
        answer = await told(opened)
    assert answer["errors"][0]["extensions"]["code"] == code
    assert answer.get("data") is None


async def test_staff_are_told_what_is_for_staff(serving: Serving, register: Database) -> None:
    query = "subscription { changes(kinds: [QUALITY_NOTE, INSTITUTION]) { kind code } }"
    async with socket(serving.port, Authorization="Bearer auditor") as opened:
        await opened.send(json.dumps(subscribe(query)))
        await serving.followed()
        await rename(register, "新名")
        assert (await told(opened))["data"]["changes"] == {"kind": "INSTITUTION", "code": "FAC:A1"}


async def test_it_ends_with_the_key(serving: Serving, register: Database) -> None:
    async with socket(serving.port, Authorization="Bearer auditor") as opened:
        await opened.send(json.dumps(subscribe(FOLLOW)))
        await serving.followed()
        gone = Unauthenticated(Bilingual("密钥已吊销", "The key was revoked"), rule="access.revoked-key")
        serving.failures["Bearer auditor"] = gone
        await rename(register, "新名")
        answer = await told(opened)
        assert answer["errors"][0]["extensions"]["rule"] == "access.revoked-key"
        assert (await told(opened))["type"] == "complete"


async def test_a_lost_wake_up_loses_no_change(serving: Serving, register: Database) -> None:
    with mock.patch.object(Wakeups, "_wake"), mock.patch.object(feeds, "PATIENCE_SECONDS", 0.3):
        async with socket(serving.port) as opened:
            await opened.send(json.dumps(subscribe(FOLLOW)))
            await serving.followed()
            await rename(register, "新名")
            assert (await told(opened))["data"]["changes"]["current"]["name"] == "新名"


async def test_the_ear_is_opened_anew_when_it_is_cut_off(serving: Serving, register: Database, admin: Any) -> None:
    async with socket(serving.port) as opened:
        await opened.send(json.dumps(subscribe(FOLLOW)))
        await serving.followed()
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%'"
        assert await admin.fetchval(cut)
        await rename(register, "新名")
        assert (await told(opened))["data"]["changes"]["current"]["name"] == "新名"


async def test_server_sent_events_tell_the_same(serving: Serving, register: Database) -> None:
    first = (await ask(serving.port, FIRST))[0]["cursor"]
    expected = [edge["node"] for edge in await ask(serving.port, READ, a=first)]
    body, headers = {"query": FOLLOW, "variables": {"a": first}}, {"accept": "text/event-stream"}
    found: list[Any] = []
    async with (
        asyncio.timeout(90),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{serving.port}") as client,
        client.stream("POST", "/graphql", json=body, headers=headers) as response,
    ):
        async for line in response.aiter_lines():
            if line.startswith("data: {"):
                found.append(json.loads(line.removeprefix("data: "))["data"]["changes"])
            if len(found) == len(expected):
                break
    assert found == expected


async def test_a_thousand_idle_followers_cost_one_connection(
    context: ApiContext, database: Database, sample: Sample
) -> None:
    schema, heard = build_schema(introspection=True), asyncio.Queue[str]()

    async def one() -> None:
        request = RequestContext(context, ANONYMOUS)
        stream = cast("Any", await schema.stream("subscription { changes { current } }", context_value=request))
        async with aclosing(stream):
            async for result in stream:
                assert result.errors is None
                heard.put_nowait(orjson.dumps(result.data).decode())
                return

    grown = -resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tasks = [asyncio.create_task(one()) for _ in range(1_000)]
    async with asyncio.timeout(90):
        while context.wakeups.waiting < len(tasks) or _busy(database) > 1:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    grown += resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert _busy(database) == 1
    assert grown < 100 * 1024
    await rename(database, "新名")
    async with asyncio.timeout(90):
        await asyncio.gather(*tasks)
    assert heard.qsize() == 1_000
    assert context.wakeups.waiting == 0


def _busy(database: Database) -> int:
    """Connections that somebody holds just now."""
    return database.public.get_size() - database.public.get_idle_size()


async def test_who_does_not_take_what_is_sent_is_cut_off() -> None:
    async def never(*_: object) -> None:
        await asyncio.sleep(60)

    with pytest.raises(ClientDisconnect):
        await impatient(never, 0.05)({"type": "http.response.body"})
    slow = mock.Mock(send_text=never)
    with mock.patch("registry.api.transport.SLOWEST_CONSUMER_SECONDS", 0.05), pytest.raises(WebSocketDisconnected):
        await SocketAdapter(cast("Any", None), slow, slow).send_json({"type": "next"})
