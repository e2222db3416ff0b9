"""What may be kept of an answer, by whom and how long."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from apikit.builder import change_set
from apikit.sample import Sample
from starlette.applications import Starlette
from starlette.requests import Request

from registry.api import ApiContext, graphql_routes
from registry.api.caching import keeping, validator
from registry.db.pool import Database
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, Actor

NAME = '{ institution(code: "FAC:A1") { name } }'
LONG = "{ changes(first: 1000) { nodes { kind code current previous cause } } }"
PAGE = "{ institutions { nodes { code name address region { name level } organisation { name code } } } }"


async def test_a_known_answer_is_not_sent_again(
    client: httpx.AsyncClient, context: ApiContext, database: Database, sample: Sample
) -> None:
    first = await client.get("/graphql", params={"query": NAME})
    etag = first.headers["etag"]
    assert first.headers["cache-control"].startswith("public, max-age=")
    assert first.headers["vary"] == "Accept, Accept-Encoding, Authorization"
    same = await client.get("/graphql", params={"query": NAME}, headers={"if-none-match": f'"x", {etag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    async with change_set(database) as writer:
        await writer.amend("institution", sample.institutions["single"], beds=151)
    changed = await client.get("/graphql", params={"query": NAME}, headers={"if-none-match": etag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


async def test_whether_there_is_any_answer_can_be_asked(client: httpx.AsyncClient, sample: Sample) -> None:
    there = await client.get("/graphql", params={"query": NAME}, headers={"if-none-match": "*"})
    assert (there.status_code, there.content) == (304, b"")
    assert there.headers["etag"]
    assert "Accept" in there.headers["vary"]
    none = await client.get("/graphql", params={"query": "{ wrong }"}, headers={"if-none-match": "*"})
    assert none.json()["errors"]
    several = await client.get(
        "/graphql", params={"query": NAME}, headers={"if-none-match": f'"x", {there.headers["etag"]}'}
    )
    assert several.status_code == 304
    strong = there.headers["etag"].removeprefix("W/")
    assert (await client.get("/graphql", params={"query": NAME}, headers={"if-none-match": strong})).status_code == 304


async def test_validators_part_what_differs(client: httpx.AsyncClient, sample: Sample) -> None:
    async def etag(query: str = NAME, key: str | None = None, accept: str = "application/json") -> str:
        headers = {"accept": accept, **({"authorization": f"Bearer {key}"} if key else {})}
        return str((await client.get("/graphql", params={"query": query}, headers=headers)).headers["etag"])

    found = [
        await etag(),
        await etag(query=PAGE),
        await etag(accept="application/graphql-response+json"),
        await etag(key="buyer"),
        await etag(key="jilin"),
        await etag(key="auditor"),
    ]
    assert len(set(found)) == len(found)
    assert await etag() == found[0]


@pytest.mark.parametrize(
    "other",
    [
        {"identity": "jwt:2"},
        {"role": Role.AUDITOR},
        {"scope": "/CN/220000"},
        {"region_code": "220000"},
        {"institution_code": "FAC:1"},
    ],
)
async def test_whatever_a_caller_may_see_by_parts_validators(
    database: Database, sample: Sample, other: dict[str, Any]
) -> None:
    request = Request({"type": "http", "method": "GET", "path": "/graphql", "query_string": b"query=x", "headers": []})
    caller, now = Actor("jwt:1", Role.INSTITUTION, scope="/CN"), datetime.now(UTC)
    etags = [
        await validator(request, database, actor, now, "application/json")
        for actor in (caller, replace(caller), replace(caller, **other))
    ]
    assert etags[0] == etags[1] != etags[2]


async def test_the_law_day_parts_answers(database: Database, sample: Sample) -> None:
    etags = []
    for now in (datetime(2026, 11, 22, 15, 59, tzinfo=UTC), datetime(2026, 11, 22, 16, 0, tzinfo=UTC)):
        context = ApiContext(database, clock=lambda now=now: now)  # type: ignore[misc]
        transport = httpx.ASGITransport(Starlette(routes=graphql_routes(context)))
        async with httpx.AsyncClient(transport=transport, base_url="http://register") as client:
            etags.append((await client.get("/graphql", params={"query": NAME})).headers["etag"])
    assert etags[0] != etags[1]


@pytest.mark.parametrize(
    "query", ["{ wrong }", '{ node(id: "x") { id } }', "{ institutions(first: 5000) { totalCount } }"]
)
async def test_failures_are_not_kept(client: httpx.AsyncClient, sample: Sample, query: str) -> None:
    response = await client.get("/graphql", params={"query": query})
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers


async def test_posts_are_not_kept(client: httpx.AsyncClient, sample: Sample) -> None:
    for _ in range(2):
        response = await client.post("/graphql", json={"query": NAME})
        assert response.headers["cache-control"] == "no-store"
        assert "etag" not in response.headers


@pytest.mark.parametrize(("minute", "second", "most"), [(0, 0, 60), (59, 30, 30), (59, 59, 1)])
def test_nothing_is_kept_beyond_the_law_day(minute: int, second: int, most: int) -> None:
    now = datetime(2026, 11, 22, 15, minute, second, tzinfo=UTC)
    assert keeping(ANONYMOUS, now) == f"public, max-age={most}, must-revalidate"
    assert keeping(Actor("key:1", Role.PROCUREMENT), now) == "private, no-cache"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_long_answers_are_compressed_for_who_takes_it(
    client: httpx.AsyncClient, sample: Sample, method: str
) -> None:
    asked = {"params": {"query": LONG}} if method == "GET" else {"json": {"query": LONG}}
    plain = await client.request(method, "/graphql", headers={"accept-encoding": "identity"}, **asked)  # type: ignore[arg-type]
    assert "content-encoding" not in plain.headers
    for _ in range(2):
        found = await client.request(method, "/graphql", headers={"accept-encoding": "gzip, br"}, **asked)  # type: ignore[arg-type]
        assert found.headers["content-encoding"] == "gzip"
        assert int(found.headers["content-length"]) == len(gzip.compress(plain.content, 4, mtime=0))
        assert found.json() == plain.json()
    short = await client.post("/graphql", json={"query": NAME}, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in short.headers
