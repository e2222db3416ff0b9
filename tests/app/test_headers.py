"""Security headers on every kind of answer, and requests that are too large for their kind."""

from typing import Any

import asyncpg
import httpx
from tests.app.conftest import client_of, sample_routes, settings_for

from registry.api.limits import LARGEST_BODY_BYTES, MAX_TOKENS
from registry.app.assembly import create_app
from registry.app.protections import BODY_LIMIT_BYTES, SECURITY_HEADERS
from registry.db.pool import Addresses

PAGE = {"accept": "text/html"}
JSON = {"content-type": "application/json"}
LONG = b" " * (BODY_LIMIT_BYTES + 1)
QUESTION = {"query": "{ viewer { role } }"}
KINDS: dict[str, tuple[int, str, str, dict[str, Any]]] = {
    "a page": (200, "GET", "/about", {"headers": PAGE}),
    "a page that is not there": (404, "GET", "/nowhere", {"headers": PAGE}),
    "a redirect": (308, "GET", "/en", {}),
    "the style sheet": (200, "GET", "/static/site.css", {}),
    "a file that is not there": (404, "GET", "/static/none.css", {}),
    "the schema": (200, "GET", "/schema.graphql", {}),
    "the key set": (200, "GET", "/.well-known/jwks.json", {}),
    "the exports": (200, "GET", "/exports/", {}),
    "an export that is not there": (404, "GET", "/exports/none/x.csv", {}),
    "a statement without credentials": (401, "GET", f"/statements/{'0' * 8}-0000-4000-8000-{'0' * 12}.jws", {}),
    "life": (200, "GET", "/healthz", {}),
    "metrics": (200, "GET", "/metrics", {}),
    "GraphiQL": (200, "GET", "/graphql", {"headers": PAGE}),
    "a question": (200, "POST", "/graphql", {"json": QUESTION}),
    "a question in an address": (200, "GET", "/graphql", {"params": QUESTION}),
    "a stream": (200, "POST", "/graphql", {"json": QUESTION, "headers": {"accept": "text/event-stream"}}),
    "no GraphQL": (400, "POST", "/graphql", {"json": {"nothing": 1}}),
    "an unknown key": (401, "POST", "/graphql", {"json": QUESTION, "headers": {"authorization": "Bearer reg_x"}}),
    "a wrong method": (405, "DELETE", "/graphql", {}),
    "a wrong form": (406, "POST", "/graphql", {"json": QUESTION, "headers": {"accept": "image/png"}}),
    "a wrong type": (415, "POST", "/graphql", {"content": b"x", "headers": {"content-type": "text/plain"}}),
    "a body too large for a question": (
        413,
        "POST",
        "/graphql",
        {"content": LONG[: LARGEST_BODY_BYTES + 1], "headers": JSON},
    ),
    "a body too large for anything": (
        413,
        "POST",
        "/graphql",
        {"content": LONG[: BODY_LIMIT_BYTES + 1], "headers": JSON},
    ),
}


def guarded(answer: httpx.Response) -> None:
    """Every header is there once, with a policy that lets nothing in which is not said."""
    for name in SECURITY_HEADERS:
        assert len(answer.headers.get_list(name)) == 1, name
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe-eval" not in str(policy)
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers
    assert "x-powered-by" not in answer.headers


async def test_every_kind_of_answer_is_guarded(addresses: Addresses) -> None:
    async with client_of(create_app(settings_for(addresses))) as client:
        for kind, (status, method, path, given) in KINDS.items():
            answer = await client.request(method, path, **given)
            assert answer.status_code == status, (kind, answer.text[:200])
            guarded(answer)
        tag = (await client.get("/graphql", params=QUESTION)).headers["etag"]
        known = await client.get("/graphql", params=QUESTION, headers={"if-none-match": tag})
        assert known.status_code == 304
        guarded(known)


async def test_answers_of_limits_failures_and_outages_are_guarded(
    addresses: Addresses, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await admin.execute("UPDATE register.request_limit SET most = 0 WHERE whom = 'PUBLIC'")
    app = create_app(settings_for(addresses))
    transport = httpx.ASGITransport(app, client=("203.0.113.7", 1))
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        for path in ("/graphql", "/about", "/exports/"):
            for headers in ({}, PAGE):
                refused = await client.get(path, headers=headers, params=QUESTION)
                assert refused.status_code == 429
                guarded(refused)
    async with client_of(create_app(settings_for(addresses), sample_routes)) as client:
        for headers in ({}, PAGE):
            failed = await client.get("/broken", headers=headers)
            assert failed.status_code == 500
            guarded(failed)
    away = addresses.staff.replace("port=5432", "port=1")
    nowhere = settings_for(Addresses(away, away, away))
    async with client_of(create_app(nowhere)) as client:
        for path in ("/graphql", "/about"):
            down = await client.get(path, headers=PAGE)
            assert down.status_code == 503
            guarded(down)


async def test_https_is_demanded_from_who_came_by_it(addresses: Addresses) -> None:
    async with client_of(create_app(settings_for(addresses))) as client:
        assert "strict-transport-security" not in (await client.get("/healthz")).headers
        secure = await client.get("https://t/healthz")
        assert secure.headers["strict-transport-security"].startswith("max-age=")


async def test_a_document_beyond_its_limits_is_refused_before_it_is_parsed_whole(addresses: Addresses) -> None:
    async with client_of(create_app(settings_for(addresses))) as client:
        for document in ("{ " + "a " * (MAX_TOKENS + 1) + "}", "{" * 100_000, "#" * 1_000_000 + "{ __typename"):
            answer = await client.post("/graphql", json={"query": document})
            assert answer.status_code in (200, 400, 413)
            assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
            guarded(answer)


async def test_a_closed_schema_is_no_file_either(addresses: Addresses) -> None:
    async with client_of(create_app(settings_for(addresses, introspection=False))) as client:
        assert (await client.get("/schema.graphql")).status_code == 404
        assert (await client.get("/static/site.css")).status_code == 200
        for path in ("/", "/about", "/institutions", "/nothing"):
            page = await client.get(path, headers={"accept": "text/html"})
            assert "</footer>" in page.text
            assert "graphql" not in page.text, path
