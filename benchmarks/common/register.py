"""A synthetic register to measure on, made once for all benchmarks of a run: two databases, only ever copied."""

import asyncio
import base64
import csv
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from common.stages import Stage, Stages
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
from scoring.warm import warm_up

ACTOR = operator("benchmarks")
KEYS = PersonalKeys.derive(b"a key for benchmarks, 32 bytes or more")
SECRET_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
AS_OF = DEFAULT_AS_OF
COMPLETE = "complete"
"""Everything imported, policies added, one full run published."""
BEFORE_EMPLOYMENTS = "before_employments"
"""Everything that employments refer to, and no employments."""
MARKER = "prepared.json"
"""Beside the files: what was prepared, when, and how long each stage took."""
_LOGINS = ("registry_staff", "registry_public", "registry_admin")
FIRST_KINDS = ("organisations", "institutions", "evaluation-organisations", "people")


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

    def environment(self, name: str) -> dict[str, str]:
        """Return what the program is told to work on a database."""
        addresses = self.addresses(name)
        return {
            "REGISTRY_DATABASE_URL": addresses.staff,
            "REGISTRY_PUBLIC_DATABASE_URL": addresses.public,
            "REGISTRY_OWNER_DATABASE_URL": addresses.owner,
            "REGISTRY_DATA_DIR": str(self.folder),
            "REGISTRY_SECRET_KEY": SECRET_KEY,
        }

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


async def _import_all(database: Database, register: Register, kinds: Sequence[str], stages: Stages) -> None:
    for kind in kinds:
        with stages.stage(f"import {kind}") as stage:
            stage.rows = (await import_one(database, register.file(kind), kind)).rows


async def _fill_first(addresses: Addresses, register: Register, stages: Stages) -> None:
    await migrate(addresses.owner)
    async with open_database(addresses, size=2) as database:
        await seed(database, ACTOR)
        await _import_all(database, register, FIRST_KINDS, stages)


async def _fill_rest(addresses: Addresses, register: Register, kinds: Sequence[str], stages: Stages) -> None:
    async with open_database(addresses, size=3) as database:
        await _import_all(database, register, kinds, stages)
        for document in shipped_documents().values():
            await add_policy(database, ACTOR, document)
        warm_up()
        with stages.stage("score") as stage:
            stage.rows = (await recompute(database, ACTOR, as_of=AS_OF)).institutions


def _generate(register: Register, stages: Stages) -> list[str]:
    """Write the files and return their kinds in the order in which they are imported."""
    with stages.stage("generate") as stage:
        manifest = generate(register.folder / "csv", institutions=register.institutions, seed=1)
        stage.rows = sum(file.rows for file in manifest.files)
    return [file.name.removesuffix(".csv") for file in manifest.files]


def _vacuum(register: Register, name: str, stages: Stages) -> None:
    with stages.stage(f"vacuum {name}"):
        register.command("VACUUM ANALYZE", database=name)


def _prepare(register: Register, tell: Callable[[str], None]) -> list[Stage]:
    stages = Stages(tell)
    rest = [kind for kind in _generate(register, stages) if kind not in FIRST_KINDS]
    register.command(f"CREATE DATABASE {BEFORE_EMPLOYMENTS}")
    asyncio.run(_fill_first(register.addresses(BEFORE_EMPLOYMENTS), register, stages))
    _vacuum(register, BEFORE_EMPLOYMENTS, stages)
    register.command(f"CREATE DATABASE {COMPLETE} TEMPLATE {BEFORE_EMPLOYMENTS} STRATEGY FILE_COPY")
    asyncio.run(_fill_rest(register.addresses(COMPLETE), register, rest, stages))
    _vacuum(register, COMPLETE, stages)
    return stages.done


def _migrations_digest() -> str:
    files = sorted((resource_root("sql") / "migrations").glob("*.sql"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


@contextmanager
def prepared_register(folder: Path, institutions: int, tell: Callable[[str], None]) -> Iterator[Register]:
    """Give the register of a folder, made first where it is not there; ValueError where it holds another."""
    folder.mkdir(parents=True, exist_ok=True)
    marker, wanted = folder / MARKER, {"institutions": institutions, "migrations": _migrations_digest()}
    with EmbeddedServer.open(folder / "server") as server:
        register = Register(server, folder, institutions)
        if not marker.exists():
            done = [asdict(stage) for stage in _prepare(register, tell)]
            marker.write_text(json.dumps({**wanted, "prepared_at": datetime.now(UTC).isoformat(), "stages": done}))
        if not wanted.items() <= json.loads(marker.read_text()).items():
            raise ValueError(f"{folder} holds a register of another size or of other migrations; empty it first")
        yield register
