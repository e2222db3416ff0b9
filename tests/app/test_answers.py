"""What every answer of the application carries: request ids, logs, masked failures, limits, headers, metrics."""

import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.types import Message, Scope
from tests.app.conftest import client_of, sample_routes, settings_for

from registry.app.assembly import create_app
from registry.app.logs import configure_logging
from registry.app.protections import BODY_LIMIT_BYTES
from registry.db.pool import Addresses


def client_scope(path: str) -> Scope:
    """A POST as the server gives it to the application."""
    return {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": [],
        "scheme": "http", "http_version": "1.1", "root_path": "", "client": ("127.0.0.1", 1), "server": ("t", 80),
        "state": {},
    }  # fmt: skip


async def test_request_id_is_taken_over_or_made(client: httpx.AsyncClient) -> None:
    answer = await client.post("/echo", headers={"X-Request-ID": "case-2026.17:a"})
    assert answer.headers["x-request-id"] == "case-2026.17:a"
    assert answer.json()["id"] == "case-2026.17:a"
    for unfit in ("", "a b", "x" * 129, '"><script>'):
        made = (await client.post("/echo", headers={"X-Request-ID": unfit})).headers["x-request-id"]
        assert re.fullmatch(r"[0-9a-f-]{36}", made)


async def test_access_log_is_one_json_line_with_the_request_id(
    addresses: Addresses, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("INFO", "json")
    async with client_of(create_app(settings_for(addresses), sample_routes)) as client:
        await client.get("/now?person=11010519491231002X", headers={"X-Request-ID": "abc"})
        await client.get("/elsewhere/11010519491231002X")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    first, second = [line for line in lines if line["event"] == "request"]
    expected = {"request_id": "abc", "method": "GET", "path": "/now", "route": "/now", "status": 200, "level": "info"}
    assert first.items() >= expected.items()
    assert first["duration_ms"] > 0
    assert (second["route"], second["status"]) == ("unmatched", 404)
    assert "11010519491231002X" not in str(lines)


async def test_an_unexpected_failure_is_masked_and_logged_under_its_id(
    addresses: Addresses, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("INFO", "json")
    async with client_of(create_app(settings_for(addresses), sample_routes)) as client:
        answer = await client.get("/broken")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert "x-request-id" in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    log = capsys.readouterr().err
    assert answer.json()["error"]["errorId"] in log
    assert "RuntimeError" in log
    assert "11010519491231002X" not in log


async def test_who_leaves_before_the_end_of_a_body_is_no_failure(
    addresses: Addresses, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("INFO", "json")
    app, sent = create_app(settings_for(addresses), sample_routes), list[Message]()

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async with client_of(app) as client:
        scope = client_scope("/echo")
        await app(scope, receive, send)
        await client.get("/now")
    assert sent[0]["status"] == 408
    log = capsys.readouterr().err
    assert "unexpected" not in log
    assert '"status": 408' in log or '"status":408' in log


async def test_an_expected_failure_is_told(client: httpx.AsyncClient) -> None:
    answer = await client.get("/refused")
    assert answer.status_code == 409
    assert answer.json()["error"] == {
        "code": "CONFLICT",
        "rule": "sample.exists",
        "path": ["code"],
        "message": {"zh": "已有", "en": "Exists already"},
    }


async def test_a_body_over_the_limit_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post("/echo", content=b"x" * 1000)).json()["bytes"] == 1000
    assert (await client.post("/echo", content=b"x" * (BODY_LIMIT_BYTES + 1))).status_code == 413

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * (BODY_LIMIT_BYTES // 8)

    assert (await client.post("/echo", content=pieces())).status_code == 413


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/nowhere", "/static/site.css", "/schema.graphql"])
async def test_every_answer_carries_security_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers


async def test_a_question_is_answered_and_counted(addresses: Addresses) -> None:
    async with client_of(create_app(settings_for(addresses))) as client:
        query = "{ institutions { totalCount nodes { name } } }"
        answer = await client.post("/graphql", json={"query": query})
        assert answer.json()["data"] == {"institutions": {"totalCount": 0, "nodes": []}}
        counted = (await client.get("/metrics")).text
    assert 'registry_graphql_operations_total{kind="query",outcome="OK"}' in counted
    assert 'route="/graphql",status="200"' in counted


async def test_metrics_count_by_route_and_tell_pools_and_position(client: httpx.AsyncClient) -> None:
    before = (await client.get("/metrics")).text
    await client.get("/now")
    await client.request("BREW", "/unknown-0")
    await client.get("/unknown-1")
    await client.get("/unknown-2")
    text = (await client.get("/metrics")).text

    def value(text: str, series: str) -> float:
        found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    for series, more in (
        ('registry_http_requests_total{method="GET",route="/now",status="200"}', 1),
        ('registry_http_requests_total{method="GET",route="unmatched",status="404"}', 2),
        ('registry_http_request_seconds_count{route="/now"}', 1),
    ):
        assert value(text, series) - value(before, series) == more
    assert 'registry_pool_connections{pool="public",state="idle"}' in text
    assert value(text, "registry_database_up") == 1
    assert "registry_position 0.0" in text
    assert "unknown-1" not in text
    assert "BREW" not in text
