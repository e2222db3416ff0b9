"""The answers shown are those of the demo's register, made by the demo's own stages with the demo's seed."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from registry.api import ApiContext, graphql_routes
from registry.auth.keyfile import new_keys
from registry.cli.rehearsal import rehearse
from registry.db.pool import Addresses, open_database
from registry.settings import load_settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COOKBOOK = (ROOT / "docs" / "api-cookbook.md").read_text(encoding="utf-8")
_RECIPE = re.compile(
    r"^```graphql\n((?:(?!```).)*)^```\n\n"
    r"(?:^```json variables\n((?:(?!```).)*)^```\n\n)?"
    r"^```json answer\n((?:(?!```).)*)^```$",
    re.MULTILINE | re.DOTALL,
)
_CURL = re.compile(r"^```sh\n(curl (?:(?!```).)*)^```\n\n^```json\n((?:(?!```).)*)^```$", re.MULTILINE | re.DOTALL)


async def _as_curl_asks(client: httpx.AsyncClient, command: str) -> str:
    """The raw answer to a `curl` of the documents, cut as its `sed` cuts it."""
    url = re.search(r"--data-urlencode 'query=(.*?)'", command, re.DOTALL)
    body = re.search(r"-d '(\{.*?\})'", command, re.DOTALL)
    if url:
        answer = await client.get("/graphql", params={"query": url[1]})
    else:
        assert body is not None
        text = " ".join(body[1].split())
        answer = await client.post("/graphql", content=text, headers={"content-type": "application/json"})
    assert "sed 's/,\"extensions\".*/}/'" in command
    return re.sub(r',"extensions".*', "}", answer.text)


def recipes() -> Iterator[tuple[str, dict[str, object], object]]:
    """Each document of the cookbook whose answer is shown whole, with its variables."""
    for document, variables, answer in _RECIPE.findall(COOKBOOK):
        yield document, json.loads(variables) if variables else {}, json.loads(answer)["data"]


@pytest.fixture
async def client(addresses: Addresses, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the demo's register."""
    keys = {name.lower(): text for name, text in new_keys().items()}
    await rehearse(load_settings(data_dir=tmp_path, **keys), addresses, institutions=2000, seed=1)
    async with open_database(addresses, size=4) as database:
        app = Starlette(routes=graphql_routes(ApiContext(database)))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://register") as opened:
            yield opened


async def test_the_answers_are_those_of_the_demo(client: httpx.AsyncClient) -> None:
    shown = _CURL.findall(README)
    assert len(shown) == 2
    for command, answer in shown:
        assert await _as_curl_asks(client, command) == answer.strip()
    found = list(recipes())
    assert len(found) == 7
    for document, variables, data in found:
        answered = await client.post("/graphql", json={"query": document, "variables": variables})
        assert answered.json()["data"] == data
