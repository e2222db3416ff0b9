"""The pages over a small register, asked as a browser asks."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

sys.path.insert(0, str(Path(__file__).parents[1] / "api"))

from apikit.sample import Sample, write_sample

from registry.api import ApiContext, PublicClient
from registry.db.pool import Database
from registry.site import page_routes, static_routes

PAGE = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
async def sample(database: Database) -> Sample:
    return await write_sample(database)


@pytest.fixture
async def browser(database: Database, sample: Sample) -> AsyncIterator[httpx.AsyncClient]:
    routes = [*static_routes(), *page_routes(PublicClient(ApiContext(database)))]
    transport = httpx.ASGITransport(Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://register", headers=PAGE) as opened:
        yield opened
