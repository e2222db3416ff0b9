"""Columns into the database by binary COPY, the one place where an import's rows cross over."""

import struct
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import cast

from registry.db.mapping import mapped_errors
from registry.db.pool import Connection, fetch

TEMPORARY_SCHEMA = "pg_temp"
_SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_LENGTH, _INT4, _INT2 = struct.Struct(">i"), struct.Struct(">ii"), struct.Struct(">ih")
_FIRST_DAY = date(2000, 1, 1).toordinal()

Encode = Callable[[object], bytes]
"""A value that is not None as COPY takes it: its length in bytes, and the bytes."""


def _sized(value: bytes) -> bytes:
    return _LENGTH.pack(len(value)) + value


def _text(value: object) -> bytes:
    return _sized(cast("str", value).encode())


def _bytes(value: object) -> bytes:
    return _sized(cast("bytes", value))


def _integer(value: object) -> bytes:
    return _INT4.pack(4, value)


def _smallint(value: object) -> bytes:
    return _INT2.pack(2, value)


def _date(value: object) -> bytes:
    return _INT4.pack(4, cast("date", value).toordinal() - _FIRST_DAY)


def _numeric(value: object) -> bytes:
    """Groups of four decimal digits, cut at the decimal point; the first weighs 10,000 to the power of `weight`."""
    sign, digits, exponent = cast("Decimal", value).as_tuple()
    scale = max(0, -cast("int", exponent))
    text = "".join(map(str, digits)) + "0" * (max(0, cast("int", exponent)) + -scale % 4)
    text = text.zfill(len(text) + -len(text) % 4)
    groups = [int(text[place : place + 4]) for place in range(0, len(text), 4)]
    weight = len(groups) - 1 - -(-scale // 4)
    return _sized(struct.pack(f">hhHH{len(groups)}h", len(groups), weight, 0x4000 * sign, scale, *groups))


_ENCODERS: dict[str, Encode] = {
    "integer": _integer,
    "smallint": _smallint,
    "date": _date,
    "numeric": _numeric,
    "text": _text,
    "bytea": _bytes,
}
_EXACT = {"numeric"}
"""Types of values that may be equal and yet written differently (1.0 and 1.00)."""


def _fields(type_name: str, column: Sequence[object]) -> list[bytes]:
    """The values of a column as COPY takes them; where values come again and again, each is encoded once."""
    encode = _ENCODERS[type_name]
    distinct = set(column)
    if type_name in _EXACT or 2 * len(distinct) > len(column):
        return [_NULL if value is None else encode(value) for value in column]
    fields = {value: _NULL if value is None else encode(value) for value in distinct}
    return list(map(fields.__getitem__, column))


def encode_columns(types: Sequence[str], columns: Sequence[Sequence[object]]) -> bytes:
    """The rows of a binary COPY, without its head and end, from equally long columns of these SQL types.

    A COPY is a sequence of length-prefixed fields, so joining the columns' fields crosswise is all there is to do.
    """
    parts = [_fields(type_name, column) for type_name, column in zip(types, columns, strict=True)]
    count = struct.pack(">h", len(types))
    return b"".join(chain.from_iterable(zip([count] * len(parts[0]), *parts, strict=True)))


async def column_types(connection: Connection, table: str, columns: Sequence[str]) -> list[str]:
    """Return the SQL types of columns of a temporary table; KeyError for one that it does not have."""
    types = {row["name"]: row["type"] for row in await fetch(connection, "copy/column_types", table)}
    return [types[name] for name in columns]


async def copy_encoded(
    connection: Connection, table: str, columns: Sequence[str], batches: AsyncGenerator[bytes, None]
) -> int:
    """Append rows encoded by `encode_columns`, batch by batch, to a temporary table; return how many."""

    async def whole() -> AsyncGenerator[bytes, None]:
        yield _SIGNATURE
        async for batch in batches:
            yield batch
        yield _TRAILER

    async with aclosing(batches):
        with mapped_errors():
            tag = await connection.copy_to_table(
                table, schema_name=TEMPORARY_SCHEMA, columns=list(columns), format="binary", source=whole()
            )
    return int(tag.rsplit(" ", 1)[-1])
