"""Documents named by their hash: automatic persisted queries, trusted documents, and nothing else for the public."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from apikit.clients import authenticate
from apikit.sample import Sample
from apikit.serving import INIT, Serving, exchange
from starlette.applications import Starlette

from registry.api import ApiContext, graphql_routes
from registry.api.persisted import Persisted, read_documents
from registry.db.pool import Addresses, Database
from registry.domain.actors import ANONYMOUS
from registry.domain.errors import ConfigurationError

NAME = '{ institution(code: "FAC:A1") { name } }'
ANSWER = {"institution": {"name": "夕阳红东站"}}
HASH = sha256(NAME.encode()).hexdigest()
PERSISTED = {"persistedQuery": {"version": 1, "sha256Hash": HASH}}


async def post(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await client.post("/graphql", json=body)).json()
    return answer


async def test_automatic_persisted_query(client: httpx.AsyncClient, sample: Sample) -> None:
    unknown = await post(client, extensions=PERSISTED)
    assert unknown["errors"][0]["message"] == "PersistedQueryNotFound"
    assert unknown["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    assert (await post(client, query=NAME, extensions=PERSISTED))["data"] == ANSWER
    assert (await post(client, extensions=PERSISTED))["data"] == ANSWER
    got = await client.get("/graphql", params={"extensions": json.dumps(PERSISTED)})
    assert got.json()["data"] == ANSWER
    assert (await post(client, documentId=f"sha256:{HASH}"))["data"] == ANSWER
    assert (await client.get("/graphql", params={"documentId": HASH})).json()["data"] == ANSWER
    batch = (await client.post("/graphql", json=[{"documentId": HASH}, {"query": NAME}])).json()
    assert [answer["data"] for answer in batch] == [ANSWER, ANSWER]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ({"query": "{ __typename }", "extensions": PERSISTED}, "document.hash"),
        ({"query": "{ __typename }", "documentId": HASH}, "document.hash"),
        ({"documentId": 5}, "document.id"),
        ({"documentId": ""}, "document.id"),
        ({"extensions": {"persistedQuery": {"version": 2, "sha256Hash": HASH}}}, "document.id"),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": [HASH]}}}, "document.id"),
        ({"extensions": {"persistedQuery": HASH}}, "document.id"),
    ],
)
async def test_what_names_no_document_is_refused(client: httpx.AsyncClient, body: dict[str, Any], rule: str) -> None:
    assert (await post(client, **body))["errors"][0]["extensions"]["rule"] == rule


async def test_variables_are_never_taken_for_a_document(client: httpx.AsyncClient, sample: Sample) -> None:
    body = {"query": NAME, "variables": {"documentId": "x", "extensions": PERSISTED}}
    assert (await post(client, **body))["data"] == ANSWER
    asked = await client.get("/graphql", params={"query": NAME, "variables": json.dumps(body["variables"])})
    assert asked.json()["data"] == ANSWER


def test_only_so_many_are_kept() -> None:
    kept = Persisted(capacity=2)
    for number in range(3):
        text = f"{{ a{number}: __typename }}"
        kept.completed({"query": text, "documentId": sha256(text.encode()).hexdigest()}, ANONYMOUS)
    assert list(kept.sent.values()) == ["{ a1: __typename }", "{ a2: __typename }"]


async def test_the_public_may_run_trusted_documents_only(database: Database, sample: Sample) -> None:
    context = ApiContext(
        database, authenticate=authenticate, persisted=Persisted({HASH: NAME}, only_trusted=True), introspection=True
    )
    transport = httpx.ASGITransport(Starlette(routes=graphql_routes(context)))
    other = '{ institution(code: "FAC:A1") { beds } }'
    key = {"authorization": "Bearer buyer"}
    async with httpx.AsyncClient(transport=transport, base_url="http://register") as client:
        for _ in range(2):  # the second time everything is known
            assert (await post(client, documentId=f"sha256:{HASH}"))["data"] == ANSWER
            assert (await post(client, query=NAME))["data"] == ANSWER
            assert (await client.post("/graphql", json={"query": other}, headers=key)).json()["data"]
            for body in ({"query": other}, {"query": "{ __schema { types { name } } }"}, {"query": "{ wrong }"}):
                refused = await post(client, **body)
                assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
                assert refused["errors"][0]["extensions"]["rule"] == "document.trusted"
                assert refused.get("data") is None


@pytest.mark.parametrize("content", ["{", "[]", '{"sha256:00": "{ __typename }"}', '{"x": 5}', None])
def test_a_file_that_cannot_be_trusted_is_refused(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "documents.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigurationError) as refused:
        read_documents(path)
    assert refused.value.rule == "document.file"


def test_a_file_of_trusted_documents_is_read(tmp_path: Path) -> None:
    path = tmp_path / "documents.json"
    path.write_text(json.dumps({f"sha256:{HASH}": NAME}))
    assert read_documents(path) == {HASH: NAME}


async def test_a_socket_takes_hashes_too(addresses: Addresses) -> None:
    serving = Serving(addresses)
    serving.thread.start()
    assert serving.ready.wait(90)
    try:
        named = {"id": "1", "type": "subscribe", "payload": {"extensions": PERSISTED}}
        full = {"id": "2", "type": "subscribe", "payload": {"query": NAME, "extensions": PERSISTED}}
        _, refused, first, *_ = await exchange(serving.port, "graphql-transport-ws", INIT, named, full)
        assert refused["payload"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
        assert first["payload"]["data"] == ANSWER
        _, known, *_ = await exchange(serving.port, "graphql-transport-ws", INIT, named)
        assert known["payload"]["data"] == ANSWER
    finally:
        serving.stop()
