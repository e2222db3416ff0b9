"""Limits that two serving processes keep together; they are set while both serve."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from tests.cli.conftest import Program
from tests.cli.processes import ask, patiently, serving, until
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

pytestmark = pytest.mark.xdist_group("demo-register")

QUOTA = 150
QUESTION = "{ viewer { role } }"


async def _refused_on_a_socket(url: str, token: str) -> dict[str, Any]:
    address = url.replace("http", "ws") + "/graphql"
    headers = {"authorization": f"Bearer {token}"}
    protocols = [Subprotocol("graphql-transport-ws")]
    async with connect(address, subprotocols=protocols, additional_headers=headers) as socket:
        await socket.send(json.dumps({"type": "connection_init"}))
        await socket.recv()
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": QUESTION}}))
        told: dict[str, Any] = json.loads(await socket.recv())
    assert (told["id"], told["type"]) == ("1", "error")
    extensions: dict[str, Any] = told["payload"][0]["extensions"]
    return extensions


def _statuses(url: str, count: int, token: str | None = None, **headers: str) -> list[int]:
    """Ask so often over four connections at once."""
    if token is not None:
        headers["authorization"] = f"Bearer {token}"

    def some(times: int) -> list[int]:
        with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
            return [client.post("/graphql", json={"query": QUESTION}).status_code for _ in range(times)]

    with ThreadPoolExecutor(4) as pool:
        return [status for part in pool.map(some, [count // 4] * 4) for status in part]


def test_two_processes_let_through_exactly_the_quota(demo: Program) -> None:
    with serving(demo) as (_, one), serving(demo) as (_, other):
        made = demo.data("token", "create", "--role", "PROCUREMENT", "--name", "busy")
        demo.done("limits", "set", f"key:{made['id']}", "--per", "DAY", "--most", str(QUOTA), "--reason", "test")
        told = [_statuses(url, 4, made["token"]) for url in (one, other)]
        assert told == [[200] * 4, [200] * 4], "both take part"
        with ThreadPoolExecutor(2) as pool:
            told += pool.map(lambda url: _statuses(url, 2 * QUOTA, made["token"]), (one, other))
        assert {status for part in told for status in part} == {200, 429}
        assert sum(part.count(200) for part in told) == QUOTA
        refused = ask(one, QUESTION, made["token"])
        assert int(refused.headers["retry-after"]) > 0
        extensions = asyncio.run(_refused_on_a_socket(other, made["token"]))
        assert (extensions["code"], extensions["rule"]) == ("RATE_LIMITED", "limit.requests-per-day")
        assert extensions["retryAfterSeconds"] > 0
        for url in (one, other):
            metric = 'registry_requests_refused_total{role="PROCUREMENT",window="day"}'
            until(lambda url=url, metric=metric: metric in httpx.get(f"{url}/metrics").text)  # type: ignore[misc]


def test_the_public_behind_a_proxy_is_counted_by_the_address_that_it_tells(demo: Program) -> None:
    demo.done("limits", "set", "PUBLIC", "--per", "DAY", "--most", "8", "--reason", "test")
    try:
        with serving(demo, "--workers", "2") as (_, url), serving(demo) as (_, other):
            patiently(url, QUESTION)
            for place, passed in (("203.0.113.7", 8), ("203.0.113.8", 8)):
                told = _statuses(url, 40, **{"x-forwarded-for": place})
                told += _statuses(other, 40, **{"x-forwarded-for": place})
                assert told.count(200) <= passed
                assert told.count(429) >= 80 - passed
                assert told.count(200) >= passed - 2, "workers may hold a share that was not asked of them"
            assert _statuses(other, 20).count(200) == 20
    finally:
        demo.done("limits", "set", "PUBLIC", "--per", "DAY", "--most", "200000", "--reason", "test")


def test_what_is_wrong_with_a_limit_is_told(demo: Program) -> None:
    for arguments, said in (
        (("nobody", "--per", "DAY", "--most", "1"), "request-limit.whom"),
        (("key:999999", "--per", "DAY", "--most", "1"), "request-limit.whom"),
        (("PUBLIC", "--per", "DAY", "--most", "1", "--from", "2020-01-01"), "request-limit.past"),
    ):
        result = demo.run("limits", "set", *arguments, "--reason", "x")
        assert (result.returncode, said in result.stderr) == (1, True)
    for arguments in (("PUBLIC", "--per", "WEEK", "--most", "1"), ("PUBLIC", "--per", "DAY", "--most", "-1")):
        assert demo.run("limits", "set", *arguments, "--reason", "x").returncode == 2


def test_limits_are_listed(demo: Program) -> None:
    held = {(one["whom"], one["per"]): one["most"] for one in demo.data("limits", "list")}
    assert held["INSTITUTION", "MINUTE"] == 6000
    assert "INSTITUTION" in demo.on_a_narrow_screen("limits", "list")
