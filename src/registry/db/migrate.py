"""Numbered SQL migrations: checksummed, under one advisory lock, one transaction each, never changed once applied."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from registry.db.mapping import mapped_errors
from registry.db.pool import OWNER_ROLE, Connection, connect, execute, fetch, fetch_value
from registry.resources import resource_root
from registry.db.statements import statement
from registry.domain.errors import Bilingual, ConfigurationError

_FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_BEFORE_OWNER_EXISTS = 1


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration file; `sha256` is the hex digest of its bytes."""

    number: int
    name: str
    sha256: str
    text: str


def shipped_migrations() -> list[Migration]:
    """Return the migrations of this release in order."""
    return [_read(path) for path in sorted((resource_root("sql") / "migrations").glob("*.sql"))]


def _read(path: Path) -> Migration:
    match = _FILE_NAME.fullmatch(path.name)
    if match is None:
        message = Bilingual(f"迁移文件名不合规则：{path.name}", f"Migration file name breaks the rule: {path.name}")
        raise ConfigurationError(message, rule="migration.name")
    content = path.read_bytes()
    return Migration(int(match[1]), match[2], hashlib.sha256(content).hexdigest(), content.decode())


async def pending_migrations(connection: Connection) -> list[Migration]:
    """Return what this release ships and the database lacks; refuse a changed or unknown migration."""
    applied = {}
    if await fetch_value(connection, "migrate/has_table"):
        applied = {row["number"]: row for row in await fetch(connection, "migrate/applied")}
    shipped = shipped_migrations()
    for migration in shipped:
        row = applied.pop(migration.number, None)
        if row is not None and row["sha256"] != migration.sha256:
            message = Bilingual(
                f"迁移 {migration.number:04d}_{migration.name} 在应用后被改动；请恢复原文件",
                f"Migration {migration.number:04d}_{migration.name} was changed after it was applied; restore the file",
            )
            raise ConfigurationError(message, rule="migration.changed")
    if applied:
        message = Bilingual(
            "数据库比本程序新；请升级程序", "The database is newer than this program; upgrade the program"
        )
        raise ConfigurationError(message, rule="migration.newer")
    done = {row["number"] for row in await _applied(connection)}
    return [migration for migration in shipped if migration.number not in done]


async def _applied(connection: Connection) -> list[dict[str, object]]:
    if not await fetch_value(connection, "migrate/has_table"):
        return []
    return [dict(row) for row in await fetch(connection, "migrate/applied")]


async def _apply(connection: Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(statement("migrate/limit_waiting"))
        if migration.number > _BEFORE_OWNER_EXISTS:
            await connection.execute(statement("session/assume_owner").replace("SET ROLE", "SET LOCAL ROLE"))
        with mapped_errors():
            await connection.execute(migration.text)
        await connection.execute("RESET ROLE")
        await execute(connection, "migrate/record", migration.number, migration.name, migration.sha256)


async def migrate(owner_address: str, report: Callable[[Migration], None] = lambda _: None) -> list[Migration]:
    """Bring the schema up to date and return what was applied; a second caller waits for the first."""
    connection = await connect(owner_address)
    try:
        await connection.execute(statement("migrate/lock"))
        await connection.execute(statement("migrate/ensure_table"))
        pending = await pending_migrations(connection)
        for migration in pending:
            await _apply(connection, migration)
            report(migration)
        return pending
    finally:
        await connection.close()


__all__ = ["OWNER_ROLE", "Migration", "migrate", "pending_migrations", "shipped_migrations"]
