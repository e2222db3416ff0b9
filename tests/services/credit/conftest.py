"""A register with rules, calendar, two institutions and their people; its law day can be set, as steps are of today."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from tests.conftest import copy_database
from tests.services.importing.conftest import KEYS, as_csv, employment, institution, organisation, person

from registry.db.embedded import EmbeddedServer
from registry.db.pool import Addresses, Connection, open_database
from registry.domain.actors import operator
from registry.services.importing import import_file
from registry.services.seeding import seed

OPERATOR = operator("tester")
ROWS: dict[str, list[Any]] = {
    "organisations": [organisation(1), organisation(2, region_code="370303"), organisation(3)],
    "institutions": [institution(1), institution(2, region_code="370303")],
    "people": [person(1), person(2)],
    "employments": [employment(1, 1), employment(2, 2)],
}
SetDay = Callable[[date], Awaitable[None]]


async def _fill(server: EmbeddedServer, name: str) -> None:
    addresses = Addresses(*(server.dsn(role, name) for role in ("registry_staff", "registry_public", "registry_admin")))
    async with open_database(addresses, size=2) as database:
        await seed(database, OPERATOR)
        for kind, rows in ROWS.items():
            content = io.BytesIO(as_csv(kind, rows))
            await import_file(database, OPERATOR, KEYS, kind, content, file_name=f"{kind}.csv", source="test")


@pytest.fixture(scope="session")
def template(server: EmbeddedServer, template: str) -> str:
    """The name of a database with that register."""
    name = f"{template}_credit"
    asyncio.run(copy_database(server, template, name))
    asyncio.run(_fill(server, name))
    return name


async def put_day(admin: Connection, day: date) -> None:
    """Let it be this law day for whatever the database is asked from now on."""
    await admin.execute(
        f"CREATE OR REPLACE FUNCTION register.law_today() RETURNS date LANGUAGE sql STABLE RETURN DATE '{day}'"
    )


@pytest.fixture
def set_day(admin: Connection) -> SetDay:
    """Set the law day."""

    async def to(day: date) -> None:
        await put_day(admin, day)

    return to


@pytest.fixture
async def many(addresses: Addresses) -> Any:
    """Pools with as many connections as a busy process has."""
    async with open_database(addresses, size=10) as opened:
        yield opened
