"""Questions that need nothing but their statement are answered before all else, and are seen as all others are."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from tests.app.conftest import client_of, settings_for

from registry.api import ApiContext, graphql_routes
from registry.app.assembly import create_app
from registry.app.logs import configure_logging
from registry.db.pool import Addresses
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, RateLimited

QUESTION = "query Short($code: String!) { institution(code: $code) { name } }"
VARYING = ("duration_ms", "at", "request_id")


def _body(code: object = "FAC:NONE") -> dict[str, Any]:
    return {"query": QUESTION, "variables": {"code": code}}


async def _chunks(body: dict[str, Any]) -> Any:
    text = json.dumps(body).encode()
    yield text[:10]
    yield text[10:]


async def test_the_short_and_the_long_way_leave_the_same_behind(
    addresses: Addresses, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure_logging("INFO", "json")
    app = create_app(settings_for(addresses))
    kind = {"content-type": "application/json"}
    async with client_of(app) as client:
        await client.post("/graphql", json=_body())
        await asyncio.sleep(0)
        capsys.readouterr()
        long = await client.post("/graphql", content=_chunks(_body()), headers={"x-request-id": "long", **kind})
        with monkeypatch.context() as patched:
            patched.setattr("registry.app.observing.Observed.__call__", _must_not_run)
            short = await client.post("/graphql", json=_body(), headers={"x-request-id": "short"})
        made = await client.post("/graphql", json=_body())
    assert (short.status_code, short.content) == (long.status_code, long.content)
    unlike = {"x-request-id"}
    assert {k: v for k, v in short.headers.items() if k not in unlike} == {
        k: v for k, v in long.headers.items() if k not in unlike
    }
    assert (short.headers["x-request-id"], len(made.headers["x-request-id"])) == ("short", 36)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    lines = [line for line in lines if line["event"] == "request"]
    assert [line["request_id"] for line in lines] == ["long", "short", made.headers["x-request-id"]]
    alike = [{k: v for k, v in line.items() if k not in VARYING} for line in lines]
    assert alike[0] == alike[1] == alike[2]
    assert set(lines[0]) == set(lines[1])


async def _must_not_run(*_: object) -> None:
    raise AssertionError("the long way")


async def test_what_the_short_way_cannot_do_goes_on_as_it_came(addresses: Addresses) -> None:
    async with client_of(create_app(settings_for(addresses))) as client:
        await client.post("/graphql", json=_body())
        cases = [
            await client.post("/graphql", json=_body(5), headers={"x-request-id": "kept"}),
            await client.post("/graphql", json=_body(), headers={"authorization": "Bearer nonsense"}),
            await client.post("/graphql", json=_body(), headers={"accept": "image/png"}),
            await client.post("/graphql", content=b"{", headers={"content-type": "application/json"}),
            await client.post("/graphql", json=[_body(), _body()]),
        ]
        metrics = (await client.get("/metrics")).text
    assert [case.status_code for case in cases] == [200, 401, 406, 400, 200]
    assert cases[0].json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert cases[0].headers["x-request-id"] == "kept"
    assert len(cases[4].json()) == 2
    counted = 'registry_http_requests_total{method="POST",route="/graphql",status="200"}'
    assert counted in metrics


async def test_security_headers_know_the_scheme(addresses: Addresses) -> None:
    app = create_app(settings_for(addresses))
    async with client_of(app) as plain:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="https://register") as safe:
            answers = [await client.post("/graphql", json=_body()) for client in (plain, plain, safe)]
    assert ["strict-transport-security" in answer.headers for answer in answers] == [False, False, True]
    assert all(answer.headers["x-content-type-options"] == "nosniff" for answer in answers)


async def test_a_request_is_counted_once_whichever_way_answers_it(addresses: Addresses) -> None:
    counted: list[str | None] = []

    async def admit(_actor: Actor, address: str | None) -> Mapping[str, str]:
        counted.append(address)
        if len(counted) > 3:
            raise RateLimited(Bilingual("过多", "Too many"), rule="limit.minute")
        return {"ratelimit": f"left={3 - len(counted)}"}

    app = create_app(settings_for(addresses), lambda database: graphql_routes(ApiContext(database, admit=admit)))
    async with client_of(app) as client:
        answers = [await client.post("/graphql", json=_body(code)) for code in ("FAC:NONE", 5, "FAC:NONE", "FAC:NONE")]
    assert [answer.headers.get("ratelimit") for answer in answers] == ["left=2", "left=1", "left=0", None]
    assert (len(counted), answers[3].status_code) == (4, 429)
