"""Connections: one pool per database role, statements by name."""

import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg

from registry.db.mapping import mapped_errors
from registry.db.statements import statement, statement_of_given
from registry.domain.errors import Bilingual, ConfigurationError

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
    Record = asyncpg.Record
else:
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool
    Record = asyncpg.Record

STAFF_ROLE = "registry_staff"
PUBLIC_ROLE = "registry_public"
MINIMUM_SERVER = 180000
LONGEST_LOCK_WAIT_MS = 60_000
LONGEST_READ_MS = 10_000
"""What a statement that answers callers may take."""
LONGEST_WAIT_FOR_CONNECTION_SECONDS = 30.0
logging.getLogger("asyncpg.pool").setLevel(logging.ERROR)  # its warnings are traces of what callers are told anyway
_INSTANT = re.compile(r"[0-9A-F]+(-[0-9A-F]+)+")


class _LeanConnection(asyncpg.Connection):
    """Skips the pool's reset query: every setting here is local to a transaction, which the pool rolls back itself."""

    def get_reset_query(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where each role connects; a login that is not the role itself must be able to SET ROLE to it."""

    staff: str
    public: str
    owner: str


async def _assume(connection: Connection, role: str) -> None:
    if await connection.fetchval(statement("session/current_role")) != role:
        try:
            await connection.execute(statement(f"session/assume_{role.removeprefix('registry_')}"))
        except asyncpg.PostgresError as error:
            message = Bilingual(
                f"数据库登录账号不能成为角色 {role}；请先运行 registry migrate，再将该角色授予此账号",
                f"The database login cannot become {role}; run `registry migrate`, then grant {role} to this login",
            )
            raise ConfigurationError(message, rule="database.role") from error


async def connect(address: str, role: str | None = None) -> "asyncpg.Connection[asyncpg.Record]":
    """Open one connection outside the pools, as `role` if one is given; the caller closes it."""
    with mapped_errors():
        connection = await asyncpg.connect(
            address, command_timeout=None, server_settings={"application_name": "registry"}
        )
    if connection.get_server_version().major * 10000 < MINIMUM_SERVER:
        await connection.close()
        message = Bilingual("需要 PostgreSQL 18 或更高版本", "PostgreSQL 18 or newer is needed")
        raise ConfigurationError(message, rule="database.version")
    if role is not None:
        await _assume(connection, role)
    return connection


LONGEST_PREPARED_BYTES = 32 << 10
"""A statement up to this length stays prepared: planning that of a page with all its parts takes ten times its work."""


MOST_EXPLAINED_AT_ONCE = 2
"""Explanations that one process works out at the same time: each may keep a core busy for a while."""


async def open_pool(
    address: str,
    role: str,
    *,
    size: int = 10,
    kept_open: int = 1,
    statement_timeout_ms: int = 0,
    opening: str | None = None,
) -> Pool:
    """Open a pool whose connections act as `role`; `statement_timeout_ms` 0 means none.

    `opening` names a statement that each connection begins with.
    """

    async def assume(connection: Connection) -> None:
        await _assume(connection, role)
        if opening is not None:
            await connection.execute(statement(opening))

    settings = {
        "application_name": role,
        "search_path": "disclosure" if role == PUBLIC_ROLE else "register, disclosure",
        "statement_timeout": str(statement_timeout_ms),
        "lock_timeout": str(LONGEST_LOCK_WAIT_MS),
        "jit": "off",
    }
    with mapped_errors():
        return await asyncpg.create_pool(
            address,
            min_size=kept_open,
            max_size=size,
            init=assume,
            server_settings=settings,
            connection_class=_LeanConnection,
            max_cacheable_statement_size=LONGEST_PREPARED_BYTES,
        )


@dataclass(frozen=True, slots=True)
class Database:
    """The pools that serve requests: staff under row-level security, public on disclosed views only.

    `explaining` reads of one institution whatever a run read of it, whoever asks, and writes nothing.
    """

    staff: Pool
    public: Pool
    explaining: Pool

    async def close(self) -> None:
        """Close the pools after their connections have come back."""
        for pool in (self.explaining, self.public, self.staff):
            await pool.close()

    def terminate(self) -> None:
        """Close the pools at once: whoever waits for an answer is told that the database is away."""
        for pool in (self.explaining, self.public, self.staff):
            pool.terminate()


@asynccontextmanager
async def open_database(addresses: Addresses, *, size: int = 10) -> AsyncIterator[Database]:
    """Open the pools and close them in the end."""
    database = Database(
        staff=await open_pool(addresses.staff, STAFF_ROLE, size=size),
        public=await open_pool(addresses.public, PUBLIC_ROLE, size=size, statement_timeout_ms=LONGEST_READ_MS),
        explaining=await open_pool(
            addresses.staff,
            STAFF_ROLE,
            size=MOST_EXPLAINED_AT_ONCE,
            kept_open=0,
            statement_timeout_ms=LONGEST_READ_MS,
            opening="session/open_to_explain",
        ),
    )
    try:
        yield database
    finally:
        await database.close()


async def fetch(connection: Connection, name: str, *arguments: object) -> list[Record]:
    """Return all rows of a named statement."""
    with mapped_errors():
        return await connection.fetch(statement(name), *arguments)


async def fetch_of_given(connection: Connection, name: str, *arguments: object) -> list[Record]:
    """Return all rows of a named statement that reads all or those given, with ids given: one plan serves any."""
    with mapped_errors():
        return await connection.fetch(statement_of_given(name), *arguments)


async def fetch_row(connection: Connection, name: str, *arguments: object) -> Record | None:
    """Return the first row of a named statement, or None."""
    with mapped_errors():
        return await connection.fetchrow(statement(name), *arguments)


async def fetch_value(connection: Connection, name: str, *arguments: object) -> Any:
    """Return the first column of the first row of a named statement, or None."""
    with mapped_errors():
        return await connection.fetchval(statement(name), *arguments)


async def execute(connection: Connection, name: str, *arguments: object) -> int:
    """Run a named statement and return how many rows it touched."""
    with mapped_errors():
        tag = await connection.execute(statement(name), *arguments)
    last = tag.rsplit(" ", 1)[-1]
    return int(last) if last.isdigit() else 0


async def read_instant(connection: Connection, instant: str) -> None:
    """Make a transaction that has read nothing yet see what the one sees that shared its instant.

    The statement takes no parameter; only what PostgreSQL itself names an instant is let into it.
    """
    if not _INSTANT.fullmatch(instant):
        raise ValueError("this is no instant that PostgreSQL shared")
    with mapped_errors():
        await connection.execute(statement("session/read_instant").replace("instant", instant))
