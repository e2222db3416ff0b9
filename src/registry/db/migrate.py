"""Numbered SQL migrations: checksummed, under one advisory lock, one transaction each, never changed once applied."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from registry.db.mapping import mapped_errors
from registry.db.pool import Connection, connect, execute, fetch, fetch_value
from registry.db.statements import statement
from registry.domain.errors import Bilingual, ConfigurationError
from registry.resources import resource_root

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
    applied = await _applied_digests(connection)
    shipped = shipped_migrations()
    for migration in shipped:
        if applied.get(migration.number, migration.sha256) != migration.sha256:
            raise _changed(migration)
    if applied.keys() - {migration.number for migration in shipped}:
        message = Bilingual(
            "数据库比本程序新；请升级程序", "The database is newer than this program; upgrade the program"
        )
        raise ConfigurationError(message, rule="migration.newer")
    return [migration for migration in shipped if migration.number not in applied]


async def _applied_digests(connection: Connection) -> dict[int, str]:
    if not await fetch_value(connection, "migrate/has_table"):
        return {}
    return {row["number"]: row["sha256"] for row in await fetch(connection, "migrate/applied")}


def _changed(migration: Migration) -> ConfigurationError:
    name = f"{migration.number:04d}_{migration.name}"
    zh, en = (
        f"迁移 {name} 在应用后被改动；请恢复原文件（若是早先版本的演示数据，可删除其数据目录）",
        f"Migration {name} was changed after it was applied; restore the file, or, where a demo of an earlier build"
        " made the data, remove its data directory",
    )
    return ConfigurationError(Bilingual(zh, en), rule="migration.changed")


def _lacks_rights(migration: Migration, error: asyncpg.PostgresError) -> ConfigurationError:
    name = f"{migration.number:04d}_{migration.name}"
    zh = (
        f"OWNER_DATABASE_URL 的登录账号无权执行迁移 {name}（{error}）；"
        "请用超级用户，或拥有该数据库、有 CREATEROLE 且能 SET ROLE registry_owner 的账号"
    )
    en = (
        f"The login of OWNER_DATABASE_URL may not apply migration {name} ({error}); "
        "use a superuser, or a login that owns the database, has CREATEROLE and can SET ROLE registry_owner"
    )
    return ConfigurationError(Bilingual(zh, en), rule="migration.rights")


async def _apply(connection: Connection, migration: Migration) -> None:
    try:
        await _apply_whole(connection, migration)
    except asyncpg.InsufficientPrivilegeError as error:
        raise _lacks_rights(migration, error) from error


async def _apply_whole(connection: Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(statement("migrate/limit_waiting"))
        if migration.number > _BEFORE_OWNER_EXISTS:
            await connection.execute(statement("migrate/assume_owner"))
        with mapped_errors():
            await connection.execute(migration.text)
        await connection.execute("RESET ROLE")
        await execute(connection, "migrate/record", migration.number, migration.name, migration.sha256)


async def _write_digests(connection: Connection) -> None:
    """Let the digests of change sets follow what became of tables and columns."""
    async with connection.transaction():
        await connection.execute(statement("migrate/assume_owner"))
        await connection.execute(statement("migrate/write_digests"))


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
        if pending:
            await _write_digests(connection)
        return pending
    finally:
        await connection.close()
