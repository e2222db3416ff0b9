"""The application over a real database: health, observation, protection, and a database that comes and goes."""

import asyncio
import html
import json
import logging
import os
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from registry.app import hosting
from registry.app.assembly import create_app
from registry.app.health import REMEMBERED_SECONDS
from registry.app.logs import configure_logging
from registry.app.protections import BODY_LIMIT_BYTES
from registry.auth.keyfile import new_keys
from registry.db.embedded import EmbeddedServer, status, stop
from registry.db.migrate import migrate
from registry.db.pool import Addresses, Database, fetch_value
from registry.domain.errors import Bilingual, Conflict
from registry.domain.tokens import mint
from registry.settings import Settings, load_settings

TODAY_IN_CALENDAR = "INSERT INTO register.calendar_day (day, working, source) SELECT d, true, 'test' FROM \
generate_series(date '2020-01-01', date '2100-12-31', interval '1 day') AS d"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    """Leave the logs as they were."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], level = before[0], before[1]
    root.setLevel(level)
    structlog.reset_defaults()


def settings_for(addresses: Addresses, **more: object) -> Settings:
    keys = {name.lower(): text for name, text in new_keys().items()}
    urls = {
        "database_url": addresses.staff,
        "public_database_url": addresses.public,
        "owner_database_url": addresses.owner,
    }
    return load_settings(**keys, **urls, **more)


def sample_routes(database: Database) -> Sequence[BaseRoute]:
    """Routes that do what the real ones may do."""

    async def now(_request: Request) -> Response:
        async with database.staff.acquire() as connection:
            return JSONResponse(str(await fetch_value(connection, "doctor/ping")))

    async def broken(_request: Request) -> Response:
        raise RuntimeError("the password is hunter2 and the number 11010519491231002X")

    async def refused(_request: Request) -> Response:
        raise Conflict(Bilingual("已有", "Exists already"), rule="sample.exists", path=("code",))

    async def echo(request: Request) -> Response:
        return JSONResponse({"bytes": len(await request.body()), "id": request.state.request_id})

    return [
        Route("/now", now),
        Route("/broken", broken),
        Route("/refused", refused),
        Route("/echo", echo, methods=["POST"]),
    ]


@asynccontextmanager
async def client_of(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        yield client


@pytest.fixture
async def client(addresses: Addresses) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application with the sample routes."""
    async with client_of(create_app(settings_for(addresses), sample_routes)) as opened:
        yield opened


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    """Wait until an async condition holds."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - what is awaited happens in another process
            await asyncio.sleep(0.05)


async def test_readiness_needs_database_migrations_and_calendar(
    client: httpx.AsyncClient, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    answer = await client.get("/readyz")
    levels = {check["check"]: check["level"] for check in answer.json()["checks"]}
    assert (answer.status_code, levels) == (503, {"database": "OK", "migrations": "OK", "calendar": "FAIL"})
    await admin.execute(TODAY_IN_CALENDAR)
    await asyncio.sleep(REMEMBERED_SECONDS)
    answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert answer.headers["cache-control"] == "no-store"


async def test_a_missing_next_year_warns_and_stays_ready(
    client: httpx.AsyncClient, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await admin.execute(TODAY_IN_CALENDAR)
    await admin.execute("DELETE FROM register.calendar_day WHERE day > (now() AT TIME ZONE 'Asia/Shanghai')::date")
    answer = await client.get("/readyz")
    calendar = answer.json()["checks"][2]
    assert (answer.status_code, calendar["level"]) == (200, "WARN")
    assert set(calendar["remedy"]) == {"zh", "en"}


async def test_a_lagging_schema_is_not_ready(
    client: httpx.AsyncClient, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await admin.execute("DELETE FROM public.registry_migration WHERE number = 12")
    answer = await client.get("/readyz")
    migrations = answer.json()["checks"][1]
    assert (answer.status_code, migrations["level"]) == (503, "FAIL")
    assert "registry migrate" in migrations["message"]["en"]


async def test_process_health_needs_no_database(folder: Path) -> None:
    addresses = Addresses(*(["postgresql://nobody@127.0.0.1:1/none"] * 3))
    async with client_of(create_app(settings_for(addresses), sample_routes)) as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/")).status_code == 200
        answer = await client.post("/graphql", json={"query": "{ viewer { role } }"})
        assert answer.status_code == 503
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
        assert (await client.get("/now")).json()["error"]["code"] == "UNAVAILABLE"


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


async def test_front_page_is_sound_and_self_contained(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = answer.text
    assert page.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    assert "//" not in re.sub(r"<!DOCTYPE.*?>", "", page)
    assert "style=" not in page
    assert "<script" not in page
    for link in set(re.findall(r'(?:href|src)="([^"]+)"', page)) - {"/graphql"}:
        assert (await client.get(link)).status_code in (200, 503), link


async def test_the_query_of_the_front_page_is_answered(addresses: Addresses) -> None:
    async with client_of(create_app(settings_for(addresses))) as client:
        page = (await client.get("/")).text
        query = html.unescape(re.findall(r"<pre><code>(.*?)</code></pre>", page, re.DOTALL)[0])
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


QUERY = {"query": "{ institutions(first: 1) { totalCount } viewer { role } }"}


async def test_serves_again_after_the_database_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "WATCH_SECONDS", 0.2)
    data_dir = tmp_path / "data"
    keys = {name.lower(): text for name, text in new_keys().items()}
    seen: set[str] = set()
    async with client_of(create_app(load_settings(**keys, data_dir=data_dir))) as client:

        async def answers(token: str | None = None) -> bool:
            headers = {} if token is None else {"authorization": f"Bearer {token}"}
            answer = (await client.post("/graphql", json=QUERY, headers=headers)).json()
            seen.update(error["extensions"]["code"] for error in answer.get("errors", ()))
            return "errors" not in answer

        assert not await answers()
        assert (await client.get("/readyz")).json()["checks"][0]["message"]["en"].endswith("run `registry migrate`")
        with EmbeddedServer.open(data_dir) as server:
            await migrate(server.dsn("registry_admin"))
        await until(answers)
        killed = status(data_dir).server_pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)

        async def answers_from_a_new_server() -> bool:
            await answers(mint().text)
            return await answers() and status(data_dir).server_pid not in (None, killed)

        await until(answers_from_a_new_server)
        stop(data_dir)
        assert not await answers()
        await until(answers)
    assert "UNAVAILABLE" in seen
    assert seen <= {"UNAVAILABLE", "UNAUTHENTICATED"}
    assert not status(data_dir).running
