"""As of an instant: resolved to a register position once per operation."""

import asyncio
from datetime import datetime

from registry.api.context import OperationContext, Resolved
from registry.api.planner.sql import Moment
from registry.db.reading import resolve_instant
from registry.domain.errors import Bilingual, InputError
from registry.domain.lawdays import law_day


async def moment_of(operation: OperationContext, instant: datetime | None) -> Moment:
    """Return the moment a question is about. Rule: `as-of.future` for a law day that has not begun."""
    today = law_day(operation.instant)
    if instant is None:
        return Moment(today)
    day = law_day(instant)
    if day > today:
        message = Bilingual("asOf 不能是未来的日期", "asOf cannot be a day in the future")
        raise InputError(message, rule="as-of.future", path=("asOf",))
    resolved = await _resolved(operation, instant)
    return Moment(day, resolved.position, instant)


async def _resolved(operation: OperationContext, instant: datetime) -> Resolved:
    if instant not in operation.resolved:
        operation.resolved[instant] = asyncio.ensure_future(_resolve(operation, instant))
    resolved = await operation.resolved[instant]
    operation.instants[instant] = resolved
    return resolved


async def _resolve(operation: OperationContext, instant: datetime) -> Resolved:
    row = await resolve_instant(operation.api.database, instant)
    return Resolved(instant, row["resolved_position"], row["resolved_at"], row["beyond_head"])
