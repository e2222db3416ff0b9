"""NumPy columns into the database: rows of fixed width, laid out whole as binary COPY takes them."""

from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from registry.db.mapping import mapped_errors
from registry.db.pool import Connection

_SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_CHUNK_BYTES = 4 << 20
_KINDS = {"int64": (">i8", 20), "int32": (">i4", 23), "int16": (">i2", 21)}
_ARRAY_HEAD_BYTES, _LENGTH_BYTES = 20, 4

Table = Mapping[str, npt.NDArray[Any]]
"""Columns int64, int32 or int16 of one length by name; a second dimension, of at least 1, makes arrays."""


def _layout(table: Table) -> np.dtype[Any]:
    fields: list[tuple[Any, ...]] = [("count", ">i2")]
    for name, column in table.items():
        kind = _KINDS[str(column.dtype)][0]
        fields.append((f"length of {name}", ">i4"))
        if column.ndim == 1:
            fields.append((name, kind))
        else:
            fields += [(f"head of {name}", ">i4", 5), (name, [("length", ">i4"), ("value", kind)], column.shape[1])]
    return np.dtype(fields)


def _heads(rows: int, table: Table) -> npt.NDArray[Any]:
    """So many rows at most with all that is the same in each: lengths, dimensions and types."""
    layout = _layout(table)
    chunk = np.zeros(min(rows, _CHUNK_BYTES // layout.itemsize + 1), layout)
    chunk["count"] = len(table)
    for name, column in table.items():
        kind, type_number = _KINDS[str(column.dtype)]
        size = np.dtype(kind).itemsize
        if column.ndim == 1:
            chunk[f"length of {name}"] = size
        else:
            chunk[f"length of {name}"] = _ARRAY_HEAD_BYTES + column.shape[1] * (_LENGTH_BYTES + size)
            chunk[f"head of {name}"] = (1, 0, type_number, column.shape[1], 1)
            chunk[name]["length"] = size
    return chunk


def packed(table: Table) -> Iterator[bytes]:
    """Yield the rows of a table, some thousands at a time."""
    rows = next(iter(table.values())).shape[0]
    chunk = _heads(rows, table)
    for start in range(0, rows, max(chunk.shape[0], 1)):
        part = chunk[: rows - start]
        for name, column in table.items():
            target = part[name] if column.ndim == 1 else part[name]["value"]
            target[:] = column[start : start + part.shape[0]]
        yield part.tobytes()


async def write_table(connection: Connection, name: str, table: Table, schema: str | None = None) -> None:
    """Append the columns of a table to those of the same names; no value is NULL."""

    async def whole() -> AsyncGenerator[bytes, None]:
        yield _SIGNATURE
        for part in packed(table):
            yield part
        yield _TRAILER

    with mapped_errors():
        await connection.copy_to_table(name, schema_name=schema, columns=list(table), format="binary", source=whole())
