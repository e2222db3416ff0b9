"""What callers with too many requests are told, whatever they asked for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest
from tests.app.conftest import settings_for

from registry.app.assembly import create_app
from registry.db.pool import Addresses

PLACE = ("203.0.113.7", 50_000)
QUESTION = {"query": "{ viewer { role } }"}


@pytest.fixture
async def few(addresses: Addresses, admin: "asyncpg.Connection[asyncpg.Record]") -> Addresses:
    """A register where an address may make two requests a day."""
    await admin.execute("UPDATE register.request_limit SET most = 2 WHERE whom = 'PUBLIC' AND per = 'DAY'")
    return addresses


@asynccontextmanager
async def client_from(addresses: Addresses, place: tuple[str, int] = PLACE) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings_for(addresses))
    transport = httpx.ASGITransport(app, client=place)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        yield client


async def test_a_question_too_many_is_refused_with_its_headers_and_counted(few: Addresses) -> None:
    async with client_from(few) as client:
        first = await client.post("/graphql", json=QUESTION)
        assert first.status_code == 200
        assert first.headers["ratelimit"].startswith('"minute";r=2999;t=')
        assert '"day";q=2;w=86400' in first.headers["ratelimit-policy"]
        assert (await client.get("/graphql", params=QUESTION)).status_code == 200
        for answer in (
            await client.post("/graphql", json=QUESTION),
            await client.get("/graphql", params=QUESTION),
            await client.post("/graphql", json=[QUESTION] * 2),
            await client.post("/graphql", json=QUESTION, headers={"accept": "text/event-stream"}),
            await client.post("/graphql", content=b"no JSON", headers={"content-type": "application/json"}),
        ):
            assert answer.status_code == 429
            extensions = answer.json()["errors"][0]["extensions"]
            assert (extensions["code"], extensions["rule"]) == ("RATE_LIMITED", "limit.requests-per-day")
            assert int(answer.headers["retry-after"]) == extensions["retryAfterSeconds"] > 0
            assert '"day";r=0;t=' in answer.headers["ratelimit"]
            assert answer.headers["cache-control"] == "no-store"
        counted = (await client.get("/metrics")).text
    assert 'registry_requests_refused_total{role="PUBLIC",window="day"}' in counted
    async with client_from(few, ("127.0.0.1", 1)) as near:
        for _ in range(4):
            assert "ratelimit" not in (await near.post("/graphql", json=QUESTION)).headers


async def test_pages_and_exports_count_with_the_questions_of_an_address(few: Addresses) -> None:
    async with client_from(few) as client:
        assert (await client.get("/about", headers={"accept": "text/html"})).status_code == 200
        assert (await client.get("/exports/")).status_code == 200
        page = await client.get("/en/about", headers={"accept": "text/html"})
        assert (page.status_code, page.headers["content-type"]) == (429, "text/html; charset=utf-8")
        assert "Too many requests" in page.text
        assert "At most 2 requests are taken in a day" in page.text
        assert int(page.headers["retry-after"]) > 0
        answer = await client.get("/exports/")
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "RATE_LIMITED")
        assert (await client.post("/graphql", json=QUESTION)).status_code == 429
        for free in ("/healthz", "/readyz", "/metrics", "/static/site.css", "/.well-known/jwks.json"):
            assert (await client.get(free)).status_code != 429
