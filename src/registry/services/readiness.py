"""Whether the register can serve: the database answers, its migrations are up to date, its calendar covers today."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from registry.db.mapping import mapped_errors
from registry.db.migrate import pending_migrations
from registry.db.pool import Connection, Database, Pool, Record, fetch_row, fetch_value
from registry.domain.errors import Bilingual, ConfigurationError, RegisterError
from registry.services.patience import within

PATIENCE_SECONDS = 3.0


class Level(StrEnum):
    """How a finding stands."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `remedy` says how to mend what is not OK, `details` has what a machine may read of it."""

    check: str
    level: Level
    text: Bilingual
    remedy: Bilingual | None = None
    details: tuple[Mapping[str, object], ...] = ()


def found(check: str, level: Level, zh: str, en: str, remedy: tuple[str, str] | None = None) -> Finding:
    """Return a finding from its texts, each Chinese first."""
    return Finding(check, level, Bilingual(zh, en), Bilingual(*remedy) if remedy else None)


def failed(check: str, error: RegisterError) -> Finding:
    """Return the finding that an error amounts to."""
    return Finding(check, Level.FAIL, error.message)


async def _answers(pool: Pool) -> None:
    with mapped_errors():
        async with pool.acquire(timeout=PATIENCE_SECONDS) as connection:
            await fetch_value(connection, "doctor/ping")


async def check_pools(database: Database) -> Finding:
    """Find whether both roles get an answer."""
    try:
        pools = database.staff, database.public
        await asyncio.gather(*(within(PATIENCE_SECONDS, _answers(pool)) for pool in pools))
    except RegisterError as error:
        return failed("database", error)
    except TimeoutError:
        return found("database", Level.FAIL, "数据库未及时应答", "The database does not answer in time")
    return found("database", Level.OK, "数据库正常", "The database answers")


async def require_migrated(connection: Connection) -> None:
    """Raise ConfigurationError unless the schema is exactly that of this release."""
    pending = await pending_migrations(connection)
    if pending:
        message = Bilingual(
            f"有 {len(pending)} 个数据库迁移尚未应用；请运行 registry migrate",
            f"{len(pending)} migrations are not applied; run `registry migrate`",
        )
        raise ConfigurationError(message, rule="migration.pending")


async def _is_migrated(database: Database) -> None:
    with mapped_errors():
        async with database.staff.acquire() as connection:
            await require_migrated(connection)


async def check_migrations(database: Database) -> Finding:
    """Find whether the schema is exactly that of this release."""
    try:
        await within(PATIENCE_SECONDS, _is_migrated(database))
    except RegisterError as error:
        return failed("migrations", error)
    except TimeoutError:
        return found("migrations", Level.FAIL, "无法读取迁移记录", "The record of migrations cannot be read")
    return found("migrations", Level.OK, "数据库结构为最新", "The schema is up to date")


_EXTEND_CALENDAR = (
    "运行 registry seed；若本版本不含该年，待官方公布假日安排后用 registry seed --calendar 补充",
    "run `registry seed`; if this release lacks the year, `registry seed --calendar` once its holidays are announced",
)


async def _read_calendar(database: Database, today: date) -> Record:
    with mapped_errors():
        async with database.staff.acquire() as connection:
            row = await fetch_row(connection, "doctor/calendar", today, date(today.year + 1, 12, 31))
    assert row is not None  # noqa: S101 - an aggregate returns one row
    return row


async def check_calendar(database: Database, today: date) -> Finding:
    """Find whether the working calendar covers today (else FAIL) and the next year (else WARN)."""
    try:
        row = await within(PATIENCE_SECONDS, _read_calendar(database, today))
    except (RegisterError, TimeoutError):
        return found("calendar", Level.FAIL, "无法读取工作日历", "The working calendar cannot be read")
    if not row["covers_today"]:
        return found(
            "calendar", Level.FAIL, f"工作日历不含今天 {today}", f"The calendar lacks {today}", _EXTEND_CALENDAR
        )
    if not row["covers_next_year"]:
        zh, en = f"工作日历止于 {row['last_day']}", f"The calendar ends on {row['last_day']}"
        return found("calendar", Level.WARN, zh, en, _EXTEND_CALENDAR)
    return found("calendar", Level.OK, f"工作日历至 {row['last_day']}", f"The calendar reaches {row['last_day']}")


async def check_readiness(database: Database, today: date) -> list[Finding]:
    """Make the checks that /readyz answers for; not ready when any is FAIL."""
    return list(
        await asyncio.gather(check_pools(database), check_migrations(database), check_calendar(database, today))
    )
