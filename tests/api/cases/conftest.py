"""Clients of authorities, an institution and others on the register that the procedure of lists is tested with."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from tests.conftest import copy_database
from tests.services.credit.conftest import _fill, set_day
from tests.services.credit.kit import CITY, COUNTY, ELSEWHERE, regulator
from tests.services.importing.conftest import KEYS, uscc

from registry.api import ApiContext, graphql_routes
from registry.db.embedded import EmbeddedServer
from registry.db.pool import Database
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, EVERYTHING, Actor

__all__ = ["set_day"]

ACTORS: dict[str | None, Actor] = {
    None: ANONYMOUS,
    "Bearer county1": regulator(1, COUNTY),
    "Bearer county2": regulator(2, COUNTY),
    "Bearer county3": regulator(3, COUNTY),
    "Bearer county4": regulator(4, COUNTY),
    "Bearer city": regulator(5, CITY),
    "Bearer elsewhere": ELSEWHERE,
    "Bearer home": Actor("key:7", Role.INSTITUTION, institution_code=uscc(1)),
    "Bearer other": Actor("key:8", Role.INSTITUTION, institution_code=uscc(2)),
    "Bearer buyer": Actor("key:9", Role.PROCUREMENT),
    "Bearer auditor": Actor("key:10", Role.AUDITOR, scope=EVERYTHING),
    "Bearer admin": Actor("key:11", Role.ADMIN, scope=EVERYTHING),
}


ON_CASES = {"openCase", "serveNotice", "recordDefence", "reviewCase", "consentToCase", "decideCase"}
TAKEN_OF = {
    True: "... on CaseStepTaken { caseId step state respondBy entryId }",
    False: "... on EntryStepTaken { entryId step }",
}


@pytest.fixture(scope="session")
def template(server: EmbeddedServer, template: str) -> str:
    """The name of a database with that register."""
    name = f"{template}_cases"
    asyncio.run(copy_database(server, template, name))
    asyncio.run(_fill(server, name))
    return name


async def _authenticate(authorization: str | None) -> Actor:
    return ACTORS[authorization]


class Client:
    """Asks, as one of the actors by its name."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def ask(self, text: str, key: str | None = None, **variables: Any) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        given = {"query": text, "variables": variables}
        return dict((await self.http.post("/graphql", json=given, headers=headers)).json())

    async def do(self, mutation: str, key: str | None, /, **given: Any) -> dict[str, Any]:
        """What a mutation answers; the error's member is told by its rule."""
        input_type = mutation[0].upper() + mutation[1:] + "Input"
        answer = await self.ask(
            f"""mutation($in: {input_type}!) {{ {mutation}(input: $in) {{ __typename
            {TAKEN_OF[mutation in ON_CASES]}
            ... on Failure {{ code rule path messageZh messageEn }} }} }}""",
            key,
            **{"in": given},
        )
        assert "errors" not in answer, answer
        return dict(answer["data"][mutation])


@pytest.fixture
async def client(database: Database) -> AsyncIterator[Client]:
    context = ApiContext(database, authenticate=_authenticate, secret=b"s" * 32, personal_keys=lambda: KEYS)
    app = Starlette(routes=graphql_routes(context))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://register") as opened:
        yield Client(opened)
