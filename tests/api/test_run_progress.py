"""How far a run is, told over a socket while it goes on: to staff, whatever process it runs in, until it has ended."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest
from apikit.serving import INIT, Serving, subscribe
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from registry.api.planner.nodes import write_id
from registry.db.pool import Addresses, Database, open_database
from registry.domain.actors import operator
from registry.domain.errors import Bilingual, Unauthenticated
from registry.services.policies import add_policy, shipped_documents
from registry.services.rating_runs import RunSummary, recompute

AUDITOR = {"Authorization": "Bearer auditor"}
WATCH = """subscription($run: ID!) {
  runProgress(runId: $run) { id kind asOf cause state stage startedAt stageBegunAt run { id cause changed } }
}"""
UNDER_WAY = "{ runUnderWay { id state stage run { id } } }"
HELD = "LOCK TABLE register.rating_run IN EXCLUSIVE MODE"
"""What a run waits for when it has nearly written all."""
POLICY = "us-cms-staffing"
"""It governs nobody in the sample."""
ABOLISHED = """SET session_replication_role = replica;
UPDATE register.rating_policy SET effective = '[1990-01-01,1990-01-02)';
RESET session_replication_role"""
"""The sample's own policies are none that anybody could be rated by."""


CODES = {"run.unknown": "NOT_FOUND", "run.staff": "FORBIDDEN"}


@pytest.fixture
def serving(addresses: Addresses) -> Iterator[Serving]:
    serving = Serving(addresses)
    serving.thread.start()
    assert serving.ready.wait(90)
    yield serving
    serving.stop()


@pytest.fixture
async def register(
    serving: Serving, addresses: Addresses, admin: "asyncpg.Connection[asyncpg.Record]"
) -> AsyncIterator[Database]:
    await admin.execute(ABOLISHED)
    async with open_database(addresses, size=4) as opened:
        await add_policy(opened, operator("test"), shipped_documents()[POLICY])
        yield opened


@asynccontextmanager
async def watching(port: int, run: str, **init: str) -> AsyncIterator[ClientConnection]:
    address = f"ws://127.0.0.1:{port}/graphql"
    async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as opened, asyncio.timeout(120):
        await opened.send(json.dumps({**INIT, **({"payload": init} if init else {})}))
        assert json.loads(await opened.recv())["type"] == "connection_ack"
        await opened.send(json.dumps(subscribe(WATCH, variables={"run": run})))
        yield opened


async def next_of(opened: ClientConnection) -> dict[str, Any]:
    """The next thing that is told: progress, `errors`, or that the operation is complete."""
    message = json.loads(await opened.recv())
    if message["type"] == "complete":
        return {"complete": True}
    payload: dict[str, Any] = message["payload"]
    found: dict[str, Any] = payload if "errors" in payload else payload["data"]["runProgress"]
    return found


async def ask(port: int, query: str, **headers: str) -> Any:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
        return (await client.post("/graphql", json={"query": query})).json()


async def found_under_way(port: int) -> dict[str, Any]:
    """The run under way, once there is one."""
    async with asyncio.timeout(120):
        while (found := (await ask(port, UNDER_WAY, **AUDITOR))["data"]["runUnderWay"]) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    told: dict[str, Any] = found
    return told


@asynccontextmanager
async def held_run(register: Database, admin: "asyncpg.Connection[asyncpg.Record]") -> AsyncIterator[Any]:
    """A run that cannot write before the block ends."""
    async with admin.transaction():
        await admin.execute(HELD)
        yield asyncio.create_task(recompute(register, operator("test")))


async def test_a_run_is_followed_to_its_end(
    serving: Serving, register: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    async with held_run(register, admin) as running:
        found = await found_under_way(serving.port)
        assert (found["state"], found["run"]) == ("UNDER_WAY", None)
        async with watching(serving.port, found["id"], **AUDITOR) as opened:
            told = [await next_of(opened)]
            while told[-1]["stage"] != "WRITE":
                told.append(await next_of(opened))
            assert {(one["id"], one["state"], one["kind"]) for one in told} == {(found["id"], "UNDER_WAY", "FULL")}
            stages = [one["stage"] for one in told]
            assert stages == [stage for stage in ("READ", "SCORE", "WRITE") if stage in stages], "none twice, none back"
            assert all(one["run"] is None for one in told)
            assert not running.done()
            await admin.execute("ROLLBACK AND CHAIN")
            ended = await next_of(opened)
            done: RunSummary = await running
            assert (ended["state"], ended["stage"]) == ("PUBLISHED", "WRITE")
            assert ended["run"] == {"id": found["id"], "cause": ended["cause"], "changed": done.changed}
            assert await next_of(opened) == {"complete": True}
    assert found["id"] == write_id("RatingRun", done.id)
    assert (await ask(serving.port, UNDER_WAY, **AUDITOR))["data"] == {"runUnderWay": None}


async def test_a_run_that_breaks_off_has_failed_and_the_next_is_told_by_itself(
    serving: Serving, register: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    async with held_run(register, admin) as running:
        found = await found_under_way(serving.port)
        async with watching(serving.port, found["id"], **AUDITOR) as opened:
            assert (await next_of(opened))["state"] == "UNDER_WAY"
            running.cancel()
            last = await next_of(opened)
            while last["state"] == "UNDER_WAY":
                last = await next_of(opened)
            assert (last["state"], last["run"]) == ("FAILED", None)
            assert await next_of(opened) == {"complete": True}
    async with held_run(register, admin) as again:
        assert (await found_under_way(serving.port))["id"] != found["id"]
        async with watching(serving.port, found["id"], **AUDITOR) as opened:
            assert (await next_of(opened))["state"] == "FAILED"
            assert await next_of(opened) == {"complete": True}
    await again


async def test_what_was_published_long_ago_is_told_once(serving: Serving, register: Database) -> None:
    number = await register.staff.fetchval("SELECT min(id) FROM register.rating_run")
    async with watching(serving.port, write_id("RatingRun", number), **AUDITOR) as opened:
        told = await next_of(opened)
        assert (told["state"], told["run"]["id"], told["cause"]) == ("PUBLISHED", told["id"], told["run"]["cause"])
        assert await next_of(opened) == {"complete": True}


async def test_server_sent_events_tell_the_same(serving: Serving, register: Database) -> None:
    done = await recompute(register, operator("test"))
    body = {"query": WATCH, "variables": {"run": write_id("RatingRun", done.id)}}
    headers = {"accept": "text/event-stream", **AUDITOR}
    async with (
        asyncio.timeout(120),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{serving.port}", headers=headers) as client,
        client.stream("POST", "/graphql", json=body) as response,
    ):
        lines = [line async for line in response.aiter_lines()]
    (told,) = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: {")]
    assert told["data"]["runProgress"]["state"] == "PUBLISHED"
    assert "event: complete" in lines


@pytest.mark.parametrize(
    "nuisance",
    [
        "REVOKE INSERT, UPDATE ON register.run_progress FROM registry_staff",
        "BEGIN; LOCK TABLE register.run_progress",
    ],
)
async def test_a_run_neither_fails_nor_waits_because_it_cannot_be_told(
    register: Database, admin: "asyncpg.Connection[asyncpg.Record]", nuisance: str
) -> None:
    await admin.execute(nuisance)
    async with asyncio.timeout(120):
        done = await recompute(register, operator("test"))
    assert done.position is not None


@pytest.mark.parametrize(
    ("run", "init", "rule"),
    [
        (write_id("RatingRun", 999_999), AUDITOR, "run.unknown"),
        (write_id("Institution", 1), AUDITOR, "run.unknown"),
        ("nonsense", AUDITOR, "run.unknown"),
        (write_id("RatingRun", 1), {}, "run.staff"),
        (write_id("RatingRun", 1), {"Authorization": "Bearer buyer"}, "run.staff"),
    ],
)
async def test_who_asks_for_nothing_or_may_not_is_told_so(
    serving: Serving, run: str, init: dict[str, str], rule: str
) -> None:
    async with watching(serving.port, run, **init) as opened:
        told = await next_of(opened)
        (error,) = told["errors"]
        assert (error["extensions"]["rule"], error["extensions"]["code"]) == (rule, CODES[rule])
        assert await next_of(opened) == {"complete": True}


async def test_whoever_loses_the_right_to_know_is_told_no_more(
    serving: Serving, register: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    revoked = Unauthenticated(Bilingual("密钥已吊销", "The key was revoked"), rule="access.revoked-key")
    async with held_run(register, admin) as running:
        found = await found_under_way(serving.port)
        async with watching(serving.port, found["id"], **AUDITOR) as opened:
            assert (await next_of(opened))["state"] == "UNDER_WAY"
            serving.failures[AUDITOR["Authorization"]] = revoked
            told = await next_of(opened)
            while "errors" not in told:
                told = await next_of(opened)
            assert told["errors"][0]["extensions"]["rule"] == "access.revoked-key"
            assert await next_of(opened) == {"complete": True}
    await running
