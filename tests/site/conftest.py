"""The pages over a small register, asked as a browser asks."""

import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

sys.path.insert(0, str(Path(__file__).parents[1] / "api"))

from apikit.sample import Sample, write_sample

from registry.api import ApiContext, PublicClient
from registry.db.pool import Database
from registry.domain.personal import PersonalKeys
from registry.domain.signing import Signer
from registry.site import Register, page_routes, static_routes

PAGE = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

KEYS = PersonalKeys.derive(b"k" * 32)
SIGNER = Signer.derive(b"g" * 32)
EXPORTS = [
    {
        "folder": "ratings-20260601-7-csv",
        "set": "ratings",
        "format": "csv",
        "since": None,
        "position": 7,
        "lawDay": "2026-06-01",
        "files": [{"name": "ratings.csv", "rows": 1234, "sha256": "ab" * 32}],
    }
]


async def listed_exports() -> Sequence[Mapping[str, Any]]:
    """The manifests that the application would tell."""
    return EXPORTS


@pytest.fixture
async def sample(database: Database) -> Sample:
    return await write_sample(database)


@pytest.fixture
async def browser(database: Database, sample: Sample) -> AsyncIterator[httpx.AsyncClient]:
    async with reading(database) as opened:
        yield opened


@asynccontextmanager
async def reading(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Give what asks for the pages over a register."""
    context = ApiContext(database, secret=b"s" * 32, personal_keys=lambda: KEYS, signer=lambda: SIGNER)
    routes = [*static_routes(), *page_routes(Register(PublicClient(context), listed_exports))]
    transport = httpx.ASGITransport(Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://register", headers=PAGE) as opened:
        yield opened
