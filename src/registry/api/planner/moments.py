"""As of an instant: resolved to a register position once per operation."""

import asyncio
from datetime import date, datetime

from registry.api.context import OperationContext, Resolved
from registry.api.planner.sql import Moment
from registry.db.reading import resolve_instant
from registry.domain.errors import Bilingual, InputError
from registry.domain.lawdays import law_day


async def moment_of(operation: OperationContext, instant: datetime | None, known_at: datetime | None = None) -> Moment:
    """Return the moment a question is about: the law day of an instant, by what was recorded then or at `known_at`.

    Rules: `as-of.future` for a law day that has not begun; `as-of.missing` for `known_at` alone.
    """
    today = law_day(operation.instant)
    if instant is None and known_at is not None:
        message = Bilingual("knownAt 须与 asOf 同用", "knownAt needs asOf")
        raise InputError(message, rule="as-of.missing", path=("asOf",))
    if instant is None:
        return Moment(today)
    _require_begun(instant, today, "asOf")
    if known_at is None:
        return Moment(law_day(instant), (await _resolved(operation, instant)).position, instant)
    _require_begun(known_at, today, "knownAt")
    return Moment(law_day(instant), (await _resolved(operation, known_at)).position, instant, reviewed=True)


def _require_begun(instant: datetime, today: date, name: str) -> None:
    if law_day(instant) > today:
        message = Bilingual(f"{name} 不能是未来的日期", f"{name} cannot be a day in the future")
        raise InputError(message, rule="as-of.future", path=(name,))


async def _resolved(operation: OperationContext, instant: datetime) -> Resolved:
    if instant not in operation.resolved:
        operation.resolved[instant] = asyncio.ensure_future(_resolve(operation, instant))
    resolved = await operation.resolved[instant]
    operation.instants[instant] = resolved
    return resolved


async def _resolve(operation: OperationContext, instant: datetime) -> Resolved:
    row = await resolve_instant(operation.api.database, instant)
    return Resolved(instant, row["resolved_position"], row["resolved_at"], row["beyond_head"])
