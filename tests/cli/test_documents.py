"""Documents of clients: registered by commands, held to by processes that serve."""

import asyncio
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.cli.conftest import Program
from tests.cli.processes import serving, until
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from registry.site.documents import FRONT, NAMED

pytestmark = pytest.mark.xdist_group("demo-register")

OWN = "{ viewer { role } }"
COMMON = "query Common($n: Int) { institutions(first: $n) { nodes { code } } }"
OTHER = "{ viewer { name } }"
APP = "query App($n: Int) { regions(first: $n) { nodes { code } } }"


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


class Asker:
    """One caller of a server, over HTTP."""

    def __init__(self, url: str, token: str | None) -> None:
        self.url = url
        self.headers = {} if token is None else {"authorization": f"Bearer {token}"}

    def post(self, body: Any) -> Any:
        return httpx.post(f"{self.url}/graphql", json=body, headers=self.headers, timeout=30).json()

    def rule(self, **body: Any) -> str | None:
        """Why a request is refused; None for one that is answered."""
        return rule_of(self.post(body))

    def rule_of_get(self, accept: str = "application/json", **parameters: str) -> str | None:
        headers = {**self.headers, "accept": accept}
        answer = httpx.get(f"{self.url}/graphql", params=parameters, headers=headers, timeout=30).text
        found = answer.partition("data: ")[2].partition("\n")[0] if accept == "text/event-stream" else answer
        return rule_of(json.loads(found))

    async def rule_on_a_socket(self, **payload: Any) -> str | None:
        address, protocols = self.url.replace("http", "ws") + "/graphql", [Subprotocol("graphql-transport-ws")]
        async with connect(address, subprotocols=protocols, additional_headers=self.headers) as socket:
            await socket.send(json.dumps({"type": "connection_init"}))
            await socket.recv()
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            told = json.loads(await socket.recv())
        return rule_of({"errors": told["payload"]} if told["type"] == "error" else told["payload"])


def rule_of(answer: dict[str, Any]) -> str | None:
    if "errors" not in answer:
        assert answer["data"]
        return None
    extensions: dict[str, str] = answer["errors"][0]["extensions"]
    assert extensions["messageZh"]
    return extensions.get("rule") or extensions["code"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "documents.json"
    path.write_text(json.dumps({f"sha256:{hashed(text)}": text for text in (OWN, COMMON)}))
    return path


def test_a_bound_client_runs_its_documents_and_nothing_else(demo: Program, file: Path) -> None:
    one = demo.data("token", "create", "--role", "PROCUREMENT", "--name", "City Portal")["token"]
    renewed = demo.data("token", "create", "--role", "PROCUREMENT", "--name", " city portal ")["token"]
    free = demo.data("token", "create", "--role", "PROCUREMENT", "--name", "somebody else")["token"]
    done = demo.data("documents", "import", file, "--client", "City Portal", "--client", "somebody else")
    assert [(each["client"], each["added"], each["documents"]) for each in done] == [
        ("city portal", 2, 2),
        ("somebody else", 2, 2),
    ]
    demo.done("documents", "mode", "City Portal", "own")
    with serving(demo) as (_, url):
        for token in (one, renewed):
            bound = Asker(url, token)
            for _ in range(2):  # the second time on the short way
                assert bound.rule(query=OWN) is None
                assert bound.rule(documentId=hashed(OWN)) is None
                assert bound.rule(documentId=hashed(COMMON), variables={"n": 1}) is None
            for body in ({"query": OTHER}, {"documentId": hashed(OTHER)}, {"query": "{ __schema { types { name } } }"}):
                assert bound.rule(**body) == "document.own"
            persisted = {"persistedQuery": {"version": 1, "sha256Hash": hashed(OTHER)}}
            assert bound.rule(query=OTHER, extensions=persisted) == "document.own"
            assert bound.rule_of_get(query=OTHER) == bound.rule_of_get(documentId=hashed(OTHER)) == "document.own"
            assert bound.rule_of_get("text/event-stream", query=OTHER) == "document.own"
            assert bound.rule_of_get("text/event-stream", documentId=hashed(OWN)) is None
            assert asyncio.run(bound.rule_on_a_socket(query=OTHER)) == "document.own"
            assert asyncio.run(bound.rule_on_a_socket(documentId=hashed(OTHER))) == "document.own"
            assert asyncio.run(bound.rule_on_a_socket(documentId=hashed(OWN))) is None
            batch = bound.post([{"query": OWN}, {"query": OTHER}])
            assert [rule_of(each) for each in batch] == [None, "document.own"]
        other, public = Asker(url, free), Asker(url, None)
        assert other.rule(query=OTHER) is None
        assert other.rule(documentId=hashed(OWN)) is None
        assert public.rule(query=OTHER) is None
        assert public.rule(documentId=hashed(COMMON)) == "PERSISTED_QUERY_NOT_FOUND"
        demo.done("documents", "remove", f"sha256:{hashed(OWN)}", "--client", "City Portal")
        until(lambda: Asker(url, one).rule(documentId=hashed(OWN)) == "document.own", 30)
        assert other.rule(documentId=hashed(OWN)) is None
        demo.done("documents", "mode", "city portal", "any")
        until(lambda: Asker(url, one).rule(query=OTHER) is None, 30)


def test_the_public_is_held_to_the_documents_of_the_site(demo: Program, tmp_path: Path) -> None:
    held = replace(demo, settings={**demo.settings, "PUBLIC_DOCUMENTS": "trusted"})
    document = tmp_path / "app.graphql"
    document.write_text(APP)
    demo.done("documents", "import", document, "--client", "public")
    with serving(held) as (_, url):
        public = Asker(url, None)
        for _ in range(2):
            assert public.rule(query=FRONT) is None
            assert public.rule(documentId=hashed(NAMED), variables={"code": "x"}) is None
            assert public.rule(documentId=hashed(APP), variables={"n": 1}) is None
            assert public.rule(query=OWN) == public.rule(documentId=hashed(OWN)) == "document.trusted"
        assert httpx.get(f"{url}/", headers={"accept": "text/html"}).status_code == 200


def test_documents_are_listed_and_replaced_with_an_event_each(demo: Program, file: Path, tmp_path: Path) -> None:
    client = ("--client", "oidc:portal")
    demo.done("documents", "import", file, *client)
    manifest = tmp_path / "apollo.json"
    manifest.write_text(
        json.dumps({"operations": [{"id": hashed(OTHER), "body": OTHER, "name": "X", "type": "query"}]})
    )
    (done,) = demo.data("documents", "import", manifest, *client, "--replace")
    assert (done["added"], done["removed"], done["documents"]) == (1, 2, 1)
    (listed,) = demo.data("documents", "list", *client)
    assert (listed["sha256"], listed["text"], listed["only_own"]) == (hashed(OTHER), OTHER, False)
    assert listed["added_by"].startswith("cli:")
    assert {"client": "oidc:portal", "only_own": False, "documents": 1} in demo.data("documents", "list")
    assert "oidc:portal" in demo.on_a_narrow_screen("documents", "list")
    demo.on_a_narrow_screen("documents", "list", *client)
    demo.done("documents", "mode", "oidc:portal", "own")
    demo.done("documents", "remove", hashed(OTHER), *client)
    demo.done("verify")


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("{", "document.file"),
        ('{"00": "{ viewer { role } }"}', "document.file"),
        (json.dumps({hashed("{ nothing }"): "{ nothing }"}), "document.invalid"),
        (json.dumps({hashed("{"): "{"}), "document.invalid"),
    ],
)
def test_what_cannot_run_is_not_registered(demo: Program, tmp_path: Path, content: str, rule: str) -> None:
    path = tmp_path / "documents.json"
    path.write_text(content)
    result = demo.run("documents", "import", path, "--client", "public")
    assert (result.returncode, rule in result.stderr) == (1, True)


def test_what_is_wrong_with_a_client_is_told(demo: Program, file: Path) -> None:
    for arguments, rule in (
        (("import", file, "--client", "nobody"), "document.client"),
        (("mode", "nobody", "own"), "document.client"),
        (("mode", "public", "own"), "document.client"),
        (("remove", "00", "--client", "public"), "document.unknown"),
    ):
        result = demo.run("documents", *arguments)
        assert (result.returncode, rule in result.stderr) == (1, True)
    assert demo.run("documents", "mode", "public", "some").returncode == 2
