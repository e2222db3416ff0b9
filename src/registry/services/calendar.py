"""The working calendar, extended by an operator once a year's holidays are announced (国务院办公厅节假日安排)."""

import csv
import io
from collections.abc import Iterator
from datetime import date

from registry.db.pool import Database, execute, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, InputError
from registry.services.permissions import require
from registry.services.transactions import acting

COLUMNS = ("day", "working", "holiday")
_WORKING = {"true": True, "false": False}


def _refuse(row: int, zh: str, en: str) -> InputError:
    return InputError(Bilingual(f"第 {row} 行：{zh}", f"Row {row}: {en}"), rule="calendar.row", path=(row,))


def read_days(text: str) -> Iterator[tuple[date, bool, str | None]]:
    """The days of a file with the columns day, working (true or false), holiday. Rule: `calendar.row`."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise _refuse(0, "表头应为 day,working,holiday", "the header is day,working,holiday")
    seen: set[date] = set()
    for number, row in enumerate(reader, 1):
        day, working = _day(number, row["day"]), _WORKING.get(row["working"] or "")
        if working is None:
            raise _refuse(number, "working 应为 true 或 false", "working is true or false")
        if day in seen:
            raise _refuse(number, f"{day} 重复", f"{day} is there twice")
        seen.add(day)
        yield day, working, row["holiday"] or None


def _day(number: int, text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise _refuse(number, "日期应如 2027-01-01", "a day is written like 2027-01-01") from None


async def last_day(database: Database) -> date | None:
    """Return how far the calendar reaches."""
    async with database.staff.acquire() as connection:
        day: date | None = await fetch_value(connection, "seed/last_calendar_day")
        return day


async def extend_calendar(database: Database, actor: Actor, text: str, source: str) -> int:
    """Put in the days of a file, whole or not at all, and return how many were new or differed.

    `source` names the notice; shipped days never replace what an operator put in. Rule: `calendar.source` for none.
    """
    require(actor, Role.ADMIN)
    if not source.strip() or source.startswith("chinesecalendar"):
        message = Bilingual("须注明放假通知文号", "The notice that announces the days is named as their source")
        raise InputError(message, rule="calendar.source", path=("source",))
    columns = [list(column) for column in zip(*read_days(text), strict=True)] or [[], [], []]
    async with acting(database, actor) as work:
        await work.look_at(("calendar_day", "day", None))
        count = await execute(work.connection, "seed/extend_calendar", *columns, source.strip())
        if count:
            told = {"days": count, "from": min(columns[0]), "to": max(columns[0]), "source": source}
            await work.audit("extendCalendar", "calendar", told)
    return count
