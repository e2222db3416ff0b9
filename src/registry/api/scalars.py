"""The scalars of the schema, each with one way of writing that the planner's SQL keeps to as well."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from registry.api.context import write_instant

Long = NewType("Long", int)
Json = NewType("Json", object)

_LARGEST_EXACT = 2**53
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})", re.IGNORECASE
)


def _write_long(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST_EXACT:
        msg = "Long is a whole number up to 2^53 in size"
        raise GraphQLError(msg)
    return value


def _read_instant(value: Any) -> datetime:
    try:
        if not _INSTANT.fullmatch(value):
            raise ValueError
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        msg = "DateTime is RFC 3339 with an offset, as 2026-04-01T08:00:00+08:00"
        raise GraphQLError(msg) from error


def _read_date(value: Any) -> date:
    try:
        if not _DAY.fullmatch(value):
            raise ValueError
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        msg = "Date is written as 2026-04-01"
        raise GraphQLError(msg) from error


def _read_decimal(value: Any) -> Decimal:
    try:
        number = Decimal(value if isinstance(value, str | int) and not isinstance(value, bool) else "-")
    except InvalidOperation as error:
        msg = 'Decimal is a number in a string, as "87.50"'
        raise GraphQLError(msg) from error
    if not number.is_finite():
        msg = "Decimal is a finite number"
        raise GraphQLError(msg)
    return number


SCALARS: dict[object, ScalarDefinition] = {
    Long: strawberry.scalar(
        name="Long",
        description="A whole number up to 2^53 in size, as a JSON number: positions and counts. 长整数",
        serialize=_write_long,
        parse_value=_write_long,
    ),
    Json: strawberry.scalar(
        name="JSON",
        description="Any JSON value, as it was recorded. 任意JSON值",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant, written in UTC with microseconds (`2026-04-01T00:00:00.000000Z`); "
        "read as RFC 3339 with any offset, never without one. 时刻",
        serialize=write_instant,
        parse_value=_read_instant,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A law day (Asia/Shanghai), `2026-04-01`. 日期",
        serialize=date.isoformat,
        parse_value=_read_date,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number in a string, `"87.50"`. 十进制数',
        serialize=str,
        parse_value=_read_decimal,
    ),
}
