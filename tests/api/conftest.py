"""What the API's tests share: clients of every role on a small register."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

sys.path.insert(0, str(Path(__file__).parent))

from apikit.clients import Ask, Counting, authenticate
from apikit.sample import Sample, write_sample

from registry.api import ApiContext, graphql_routes
from registry.db.pool import Database


@pytest.fixture
def observed() -> Counting:
    return Counting()


@pytest.fixture
async def sample(database: Database) -> Sample:
    return await write_sample(database)


@pytest.fixture
def context(database: Database, observed: Counting) -> ApiContext:
    return ApiContext(database, authenticate=authenticate, secret=b"s" * 32, observe=observed)


@pytest.fixture
async def client(context: ApiContext) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=graphql_routes(context)))
    async with httpx.AsyncClient(transport=transport, base_url="http://register") as opened:
        yield opened


@pytest.fixture
def ask(client: httpx.AsyncClient, sample: Sample) -> Ask:
    """Ask a question of the sample register and return the whole response object."""

    async def post(query: str, key: str | None = None, **variables: Any) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        response = await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        body: dict[str, Any] = response.json()
        return body

    return post
