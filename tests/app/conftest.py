"""The application over a real database, with routes that do what the real ones may do."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from registry.app.assembly import create_app
from registry.auth.keyfile import new_keys
from registry.db.pool import Addresses, Database, fetch_value
from registry.domain.errors import Bilingual, Conflict
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


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 90) -> None:
    """Wait until an async condition holds."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - what is awaited happens in another process
            await asyncio.sleep(0.05)
