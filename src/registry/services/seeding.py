"""What a new register starts with: regions, occupations, working calendar, rules of imports and of credit lists."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
from chinese_calendar.constants import holidays

from registry.db.pool import Database, execute, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.resources import resource_root
from registry.services.importing import Report, import_file, silent
from registry.services.permissions import require
from registry.services.rules import put_shipped_rules
from registry.services.transactions import ChangeKind, Work, acting

SHIPPED = "shipped reference data"
CALENDAR_SOURCE = f"chinesecalendar {chinese_calendar.__version__}"
_ONE_DAY = timedelta(days=1)

CalendarDay = tuple[date, bool, str | None]
"""A day, whether it is a working day, and the holiday that it is or is made up for."""


@dataclass(frozen=True, slots=True)
class SeedResult:
    """How many rows of each catalogue were put in or brought up to date; all zero where nothing was."""

    regions: int
    occupations: int
    calendar_days: int
    import_rules: int
    credit_rules: int


def _data(name: str) -> Path:
    return resource_root("sql") / "data" / name


def known_calendar_days() -> Iterator[CalendarDay]:
    """The working calendar of the years whose holidays have been announced, 2004 on; no later year is guessed.

    A weekend day without a holiday has no name; a named working day is worked to make up for that holiday.
    """
    day, last = date(min(holidays).year, 1, 1), date(max(holidays).year, 12, 31)
    while day <= last:
        free, name = chinese_calendar.get_holiday_detail(day)
        yield day, not free, None if name is None else chinese_calendar.Holiday(name).chinese
        day += _ONE_DAY


def _occupations() -> list[tuple[str | date | None, ...]]:
    with _data("occupations.csv").open(encoding="utf-8", newline="") as stream:
        return [_occupation(row) for row in csv.DictReader(stream)]


def _occupation(row: dict[str, str]) -> tuple[str | date | None, ...]:
    ends = date.fromisoformat(row["effective_to"]) if row["effective_to"] else None
    starts = date.fromisoformat(row["effective_from"])
    return row["code"], row["name_zh"], row["name_en"], starts, ends, row["legal_basis"]


async def _put_occupations(work: Work) -> int:
    columns = [list(column) for column in zip(*_occupations(), strict=True)]
    return await execute(work.connection, "seed/put_occupations", *columns)


async def _put_calendar(work: Work) -> int:
    columns = [list(column) for column in zip(*known_calendar_days(), strict=True)]
    return await execute(work.connection, "seed/put_calendar_days", *columns, CALENDAR_SOURCE)


async def _put_catalogues(database: Database, actor: Actor) -> tuple[int, int, int]:
    async with acting(database, actor) as work:
        put = await _put_occupations(work), await _put_calendar(work), await put_shipped_rules(work)
        if any(put):
            told = dict(zip(("occupations", "calendarDays", "creditRules"), put, strict=True))
            await work.audit("seedCatalogues", None, told)
    return put


async def _is_imported(database: Database, actor: Actor, kind: str, path: Path) -> bool:
    digest = hashlib.sha256(path.read_bytes()).digest()
    async with acting(database, actor, readonly=True) as work:
        return bool(await fetch_value(work.connection, "seed/was_imported", kind, SHIPPED, digest))


async def _import(database: Database, actor: Actor, kind: str, progress: Report) -> int:
    """Import a shipped list, once."""
    path = _data(f"{kind.replace('-', '_')}.csv")
    if await _is_imported(database, actor, kind, path):
        return 0
    result = await import_file(
        database,
        actor,
        None,
        kind,
        path,
        file_name=path.name,
        source=SHIPPED,
        progress=progress,
        change_kind=ChangeKind.SEED,
    )
    return result.added + result.amended


async def seed(database: Database, actor: Actor, progress: Report = silent) -> SeedResult:
    """Bring regions, occupations, the working calendar and the rules of imports and lists to what this release ships.

    Again, it changes nothing. Regions and rules go the way of every import, once per shipped list, so that later
    corrections by an authority stay; so do days that an operator put in, and rules of credit lists.
    """
    require(actor, Role.ADMIN)
    occupations, days, credit_rules = await _put_catalogues(database, actor)
    regions = await _import(database, actor, "regions", progress)
    import_rules = await _import(database, actor, "import-rules", progress)
    return SeedResult(regions, occupations, days, import_rules, credit_rules)
