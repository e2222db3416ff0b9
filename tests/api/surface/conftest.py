"""A synthetic register with ratings, flags, a case and its entry; and callers of every role, of here and elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from tests.conftest import copy_database
from tests.services.credit import kit
from tests.services.importing.conftest import KEYS, OPERATOR

from registry.api import ApiContext, graphql_routes
from registry.api.planner.nodes import write_id
from registry.cli.rehearsal import plan_ahead
from registry.db.embedded import EmbeddedServer
from registry.db.pool import Addresses, Connection, Database, open_database
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, EVERYTHING, Actor
from registry.domain.credit.vocabulary import SubjectKind
from registry.domain.lawdays import law_day
from registry.domain.signing import Signer
from registry.services.credit import raise_objection
from registry.services.flags.raising import raise_flags
from registry.services.importing import import_file
from registry.services.policies import add_policy, shipped_documents
from registry.services.rating_runs import recompute
from registry.services.seeding import seed
from registry.services.statistics import count_workforce
from registry.synthetic import DEFAULT_AS_OF, generate

INSTITUTIONS = 150
CALLERS = ("public", "buyer", "own", "other", "region", "elsewhere", "auditor", "admin")
"""Nobody in particular, a buyer, the institution asked about and another one, its authority and another one, staff."""


@dataclass
class Place:
    """What the questions are about: an institution with a listed person, its legal entity, case, entry and flag."""

    code: str
    organisation: str
    region: str
    path: str
    person: int
    flag: int
    run: str
    other: str
    other_path: str
    case: int = 0
    entry: int = 0
    numbers: frozenset[str] = field(default_factory=frozenset)


PLACE = """
SELECT i.code, o.code AS organisation, r.code AS region, r.path, f.person_id AS person, f.id AS flag
  FROM register.flag AS f JOIN register.institution AS i ON i.id = f.institution_id
  JOIN register.organisation AS o ON o.id = i.organisation_id JOIN register.region AS r ON r.code = i.region_code
 WHERE f.rule = 'LISTED_PERSON'
   AND EXISTS (SELECT FROM register.rating AS t WHERE t.institution_id = i.id AND t.stars IS NOT NULL)
 ORDER BY f.id LIMIT 1
"""
OTHER = """
SELECT i.code, r.path FROM register.institution AS i JOIN register.region AS r ON r.code = i.region_code
 WHERE split_part(r.path, '/', 2) <> split_part($1, '/', 2) ORDER BY i.id LIMIT 1
"""


async def _fill(server: EmbeddedServer, name: str, folder: Path) -> None:
    addresses = Addresses(*(server.dsn(f"registry_{role}", name) for role in ("staff", "public", "admin")))
    manifest = generate(folder, INSTITUTIONS, seed=11)
    async with open_database(addresses) as database:
        await seed(database, OPERATOR)
        await plan_ahead(database, OPERATOR)
        for file in manifest.files:
            path = folder / file.name
            await import_file(database, OPERATOR, KEYS, path.stem, path, file_name=path.name, source="first source")
        await add_policy(database, OPERATOR, shipped_documents()["cn-national"])
        await recompute(database, OPERATOR, as_of=DEFAULT_AS_OF)
        await raise_flags(database, OPERATOR, DEFAULT_AS_OF)
        await count_workforce(database, OPERATOR, DEFAULT_AS_OF)


async def _list(database: Database, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the place be listed by its own authority, and object."""
    for name, number in (("OPENER", 1), ("REVIEWER", 2), ("DECIDER", 3), ("CLERK", 4)):
        monkeypatch.setattr(kit, name, kit.regulator(number, place.path))
    subject = {"subject_kind": SubjectKind.INSTITUTION, "subject_code": place.code, "list_code": "CN-WATCH"}
    decision = kit.listing(repair_class=kit.RepairClass.WATCH)
    day = law_day(datetime.now(UTC))
    published = await kit.to_publication(database, day, decision, **subject, ground_code="MINOR_DISHONESTY")
    await raise_objection(database, kit.regulator(4, place.path), kit.on(published))


@pytest.fixture(scope="session")
def surface_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("surface")


@pytest.fixture(scope="session")
def template(server: EmbeddedServer, template: str, surface_files: Path) -> str:
    """The name of a database with that register."""
    name = f"{template}_surface"
    asyncio.run(copy_database(server, template, name))
    asyncio.run(_fill(server, name, surface_files))
    return name


@pytest.fixture
async def place(database: Database, admin: Connection, surface_files: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    row = await admin.fetchrow(PLACE)
    assert row is not None
    other = await admin.fetchrow(OTHER, row["path"])
    assert other is not None
    run = await admin.fetchval("SELECT max(id) FROM register.rating_run")
    text = (surface_files / "people.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    numbers = frozenset(line.split(",")[0] for line in text)
    found = Place(
        **dict(row), run=write_id("RatingRun", run), other=other["code"], other_path=other["path"], numbers=numbers
    )
    await _list(database, found, monkeypatch)
    found.case = await admin.fetchval("SELECT max(id) FROM register.credit_case")
    found.entry = await admin.fetchval("SELECT max(id) FROM register.credit_entry")
    return found


def _actors(place: Place) -> dict[str, Actor]:
    return {
        "public": ANONYMOUS,
        "buyer": Actor("key:21", Role.PROCUREMENT),
        "own": Actor("key:22", Role.INSTITUTION, institution_code=place.code),
        "other": Actor("key:23", Role.INSTITUTION, institution_code=place.other),
        "region": kit.regulator(24, place.path),
        "elsewhere": kit.regulator(25, place.other_path),
        "auditor": Actor("key:26", Role.AUDITOR, scope=EVERYTHING),
        "admin": Actor("key:27", Role.ADMIN, scope=EVERYTHING),
    }


@dataclass
class Surface:
    """Asks as any caller; keeps the text of every answer."""

    http: httpx.AsyncClient
    place: Place
    texts: list[str] = field(default_factory=list)

    async def ask(self, caller: str, query: str, **variables: Any) -> dict[str, Any]:
        given = {"query": query, "variables": variables}
        answer = await self.http.post("/graphql", json=given, headers={"authorization": caller})
        self.texts.append(answer.text)
        return dict(answer.json())


@pytest.fixture
async def surface(database: Database, place: Place) -> AsyncIterator[Surface]:
    actors = _actors(place)

    async def authenticate(authorization: str | None) -> Actor:
        return actors[authorization or "public"]

    signer = Signer.derive(b"a signing key for tests, 32 bytes")
    keys, unpriced = {"secret": b"s" * 32, "personal_keys": lambda: KEYS, "signer": lambda: signer}, 10**9
    context = ApiContext(database, authenticate=authenticate, public_budget=unpriced, **keys)  # type: ignore[arg-type]
    app = Starlette(routes=graphql_routes(context))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://register") as opened:
        yield Surface(opened, place)
