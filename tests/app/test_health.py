"""The health of the application: ready or not, and a database that comes and goes."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import httpx
import pytest
from tests.app.conftest import TODAY_IN_CALENDAR, client_of, sample_routes, settings_for, until

from registry.app import hosting
from registry.app.assembly import create_app
from registry.app.health import REMEMBERED_SECONDS
from registry.auth.keyfile import new_keys
from registry.db import heartbeat
from registry.db.embedded import EmbeddedServer, status, stop
from registry.db.migrate import migrate
from registry.db.pool import Addresses
from registry.domain.tokens import mint
from registry.settings import load_settings

LONGEST_SECONDS = 120.0


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
        assert (await client.get("/")).status_code == 503
        answer = await client.post("/graphql", json={"query": "{ viewer { role } }"})
        assert answer.status_code == 503
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
        assert (await client.get("/now")).json()["error"]["code"] == "UNAVAILABLE"


def _processes_of(server_pid: int) -> list[int]:
    children = Path(f"/proc/{server_pid}/task/{server_pid}/children").read_text(encoding="ascii").split()
    return [server_pid, *map(int, children)]


@asynccontextmanager
async def _standing_still(data_dir: Path) -> AsyncIterator[None]:
    """Stop a server so that it neither answers nor refuses."""
    server = status(data_dir).server_pid
    assert server is not None
    stopped = _processes_of(server)
    for process in stopped:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in stopped:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


async def test_a_database_that_stands_still_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosting, "WATCH_SECONDS", 0.2)
    monkeypatch.setattr(heartbeat, "ANSWER_SECONDS", 2.0)
    data_dir = tmp_path / "data"
    keys = {name.lower(): text for name, text in new_keys().items()}
    with EmbeddedServer.open(data_dir) as server:
        await migrate(server.dsn("registry_admin"))
        async with client_of(create_app(load_settings(**keys, data_dir=data_dir))) as client:

            async def answers() -> bool:
                return "errors" not in (await client.post("/graphql", json=QUERY)).json()

            await until(answers)
            async with _standing_still(data_dir), asyncio.timeout(LONGEST_SECONDS):
                ready, metrics, asked = await asyncio.gather(
                    client.get("/readyz"), client.get("/metrics"), client.post("/graphql", json=QUERY)
                )
                assert (ready.status_code, ready.json()["checks"][0]["level"]) == (503, "FAIL")
                assert metrics.status_code == 200
                assert asked.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
                assert (await client.post("/graphql", json=QUERY)).status_code == 503
            await until(answers)


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
