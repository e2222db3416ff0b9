"""A synthetic register to measure on, made once for all benchmarks of a run: two databases, only ever copied."""

import asyncio
import base64
import csv
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from registry.db.embedded import EmbeddedServer
from registry.db.migrate import migrate
from registry.db.pool import Addresses, Database, open_database
from registry.domain.actors import operator
from registry.domain.personal import PersonalKeys
from registry.resources import resource_root
from registry.services.importing import ImportResult, Report, import_file, silent
from registry.services.policies import add_policy, shipped_documents
from registry.services.rating_runs import recompute
from registry.services.seeding import seed
from registry.synthetic import DEFAULT_AS_OF, generate

ACTOR = operator("benchmarks")
KEYS = PersonalKeys.derive(b"a key for benchmarks, 32 bytes or more")
SECRET_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
AS_OF = DEFAULT_AS_OF
COMPLETE = "complete"
"""Everything imported, policies added, one full run published."""
BEFORE_EMPLOYMENTS = "before_employments"
"""Everything that employments refer to, and no employments."""
_LOGINS = ("registry_staff", "registry_public", "registry_admin")
_FIRST_KINDS = ("organisations", "institutions", "evaluation-organisations", "people")


@dataclass(frozen=True, slots=True)
class Register:
    """The prepared register: its server and its files."""

    server: EmbeddedServer
    folder: Path
    institutions: int

    def file(self, kind: str) -> Path:
        """Return the file of one kind."""
        return self.folder / "csv" / f"{kind}.csv"

    def addresses(self, name: str) -> Addresses:
        """Return where each role finds a database."""
        return Addresses(*(self.server.dsn(login, name) for login in _LOGINS))

    @contextmanager
    def copy_of(self, template: str) -> Iterator[str]:
        """Give the name of a copy of a prepared database; it is dropped in the end."""
        name = f"copy_{time.monotonic_ns()}"
        self.command(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY", "CHECKPOINT")
        try:
            yield name
        finally:
            self.command(f"DROP DATABASE {name} WITH (FORCE)")

    def command(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the superuser, each in a transaction of its own."""
        asyncio.run(self._run(database, statements))

    async def _run(self, database: str, statements: tuple[str, ...]) -> None:
        connection = await asyncpg.connect(self.server.dsn("registry_admin", database))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


async def import_one(
    database: Database, path: Path, kind: str, source: str = "benchmark", report: Report = silent
) -> ImportResult:
    """Import one file as the command line does."""
    return await import_file(database, ACTOR, KEYS, kind, path, file_name=path.name, source=source, progress=report)


def rows_of(path: Path) -> int:
    """Return how many rows a file has below its header."""
    with path.open(encoding="utf-8", newline="") as stream:
        return sum(1 for _ in csv.reader(stream)) - 1


async def _fill_first(addresses: Addresses, register: Register, tell: Callable[[str], None]) -> None:
    await migrate(addresses.owner)
    async with open_database(addresses, size=2) as database:
        await seed(database, ACTOR)
        for kind in _FIRST_KINDS:
            tell(f"import {kind}")
            await import_one(database, register.file(kind), kind)


async def _fill_rest(addresses: Addresses, register: Register, tell: Callable[[str], None]) -> None:
    rest = ("employments", "certificates", "residents", "assessments", "measures")
    async with open_database(addresses, size=3) as database:
        for kind in rest:
            tell(f"import {kind}")
            await import_one(database, register.file(kind), kind)
        for document in shipped_documents().values():
            await add_policy(database, ACTOR, document)
        tell("score")
        await recompute(database, ACTOR, as_of=AS_OF)


def _prepare(register: Register, tell: Callable[[str], None]) -> None:
    tell("generate")
    generate(register.folder / "csv", institutions=register.institutions, seed=1)
    register.command(f"CREATE DATABASE {BEFORE_EMPLOYMENTS}")
    asyncio.run(_fill_first(register.addresses(BEFORE_EMPLOYMENTS), register, tell))
    register.command("VACUUM ANALYZE", database=BEFORE_EMPLOYMENTS)
    register.command(f"CREATE DATABASE {COMPLETE} TEMPLATE {BEFORE_EMPLOYMENTS} STRATEGY FILE_COPY")
    asyncio.run(_fill_rest(register.addresses(COMPLETE), register, tell))
    register.command("VACUUM ANALYZE", database=COMPLETE)


def _migrations_digest() -> str:
    files = sorted((resource_root("sql") / "migrations").glob("*.sql"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


@contextmanager
def prepared_register(folder: Path, institutions: int, tell: Callable[[str], None]) -> Iterator[Register]:
    """Give the register of a folder, made first where it is not there; ValueError where it holds another."""
    folder.mkdir(parents=True, exist_ok=True)
    marker, wanted = folder / "prepared.json", {"institutions": institutions, "migrations": _migrations_digest()}
    with EmbeddedServer.open(folder / "server") as server:
        register = Register(server, folder, institutions)
        if not marker.exists():
            _prepare(register, tell)
            marker.write_text(json.dumps(wanted))
        if json.loads(marker.read_text()) != wanted:
            raise ValueError(f"{folder} holds a register of another size or of other migrations; empty it first")
        yield register
