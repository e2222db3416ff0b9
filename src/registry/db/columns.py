"""Whole columns out of the database, as binary COPY decoded into NumPy arrays while it streams."""

import asyncio
from collections.abc import Mapping
from mmap import mmap
from typing import Any

import numpy as np
import numpy.typing as npt

from registry.db.mapping import mapped_errors
from registry.db.pool import Connection, fetch_of_given
from registry.db.statements import statement

Columns = dict[str, npt.NDArray[Any]]

_HEADER_BYTES = 19
_TYPES = {"int8": ">i8", "int4": ">i4", "int2": ">i2"}
_CHUNK_BYTES = 4 << 20
_PAUSE_SECONDS = 0.001
_FEW_BYTES = 64 << 10
_GROWTH = 4


def _row_type(columns: Mapping[str, str]) -> np.dtype[Any]:
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in columns.items():
        fields += [(f"length of {name}", ">i4"), (name, _TYPES[kind])]
    return np.dtype(fields)


def _room_for(rows: int, kind: np.dtype[Any]) -> npt.NDArray[Any]:
    """Room that goes back to the system as soon as a column has moved: the allocator would keep what it once mapped."""
    return np.frombuffer(mmap(-1, max(rows * kind.itemsize, 1)), kind, rows)


class _Decoder:
    """Collects rows of fixed width: every column is NOT NULL and of an integer type, so all rows are equally long.

    Columns have room for more rows than there are yet; the system gives memory to the part alone that is written.
    """

    def __init__(self, columns: Mapping[str, str]) -> None:
        self._row = _row_type(columns)
        self._expected = {f"length of {name}": np.dtype(_TYPES[kind]).itemsize for name, kind in columns.items()}
        native = {name: np.dtype(_TYPES[kind]).newbyteorder("=") for name, kind in columns.items()}
        self._columns: Columns = {name: np.empty(0, kind) for name, kind in native.items()}
        self._count, self._room = 0, 0
        self._rest = bytearray()
        self._to_skip = _HEADER_BYTES
        self._few = True
        self._decoding: asyncio.Future[None] | None = None

    async def feed(self, data: bytes) -> None:
        self._rest += data
        if len(self._rest) >= _CHUNK_BYTES:
            await self._decode_beside()
        # The server sends 8 KiB at a time, and being woken for each costs more than decoding it: let some gather. Of
        # few rows there are no more to wait for.
        self._few = self._few and len(self._rest) < _FEW_BYTES
        if not self._few:
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _decode_beside(self) -> None:
        """Decode what there is in a thread, one part at a time, so that the server goes on sending meanwhile."""
        await self._decoded()
        rows = (len(self._rest) - self._to_skip) // self._row.itemsize - 1
        end = self._to_skip + rows * self._row.itemsize
        part, self._rest = memoryview(self._rest)[self._to_skip : end], self._rest[end:]
        self._to_skip = 0
        self._decoding = asyncio.ensure_future(asyncio.to_thread(self._decode, part, rows))

    async def _decoded(self) -> None:
        if self._decoding is not None:
            await self._decoding

    async def rest(self) -> None:
        """Wait for a part that is being decoded, whatever becomes of it."""
        if self._decoding is not None:
            await asyncio.wait([self._decoding])

    def _decode(self, body: memoryview, rows: int) -> None:
        table = np.frombuffer(body, self._row, rows)
        for length, expected in self._expected.items():
            if not (table[length] == expected).all():
                raise ValueError(f"a value behind {length!r} is NULL or of another type than declared")
        self._append(table)

    def _append(self, table: npt.NDArray[Any]) -> None:
        after = self._count + table.shape[0]
        if after > self._room:
            self._room = after if self._count == 0 else _GROWTH * after
            self._columns = {name: self._moved(name) for name in list(self._columns)}
        for name, column in self._columns.items():
            column[self._count : after] = table[name]
        self._count = after

    def _moved(self, name: str) -> npt.NDArray[Any]:
        """A column with more room; the old one is given back before the next is moved."""
        old = self._columns.pop(name)
        moved = _room_for(self._room, old.dtype)
        moved[: self._count] = old[: self._count]
        return moved

    async def finish(self) -> Columns:
        await self._decoded()
        size = len(self._rest) - self._to_skip - 2
        if size % self._row.itemsize:
            raise ValueError("the rows are not of the declared width")
        self._decode(memoryview(self._rest)[self._to_skip :], size // self._row.itemsize)
        return {name: column[: self._count] for name, column in self._columns.items()}


async def read_columns(connection: Connection, name: str, columns: Mapping[str, str], *arguments: object) -> Columns:
    """Return the columns of a named statement in row order; `columns` names each as int8, int4 or int2, never NULL."""
    decoder = _Decoder(columns)
    try:
        with mapped_errors():
            await connection.copy_from_query(statement(name), *arguments, output=decoder.feed, format="binary")
        return await decoder.finish()
    finally:
        await decoder.rest()


async def read_few_columns(
    connection: Connection, name: str, columns: Mapping[str, str], *arguments: object
) -> Columns:
    """Return the columns of a statement that is given ids, as `read_columns` does: planned once for many times.

    For few rows, of which planning, parsing and writing out the arguments would take longer than reading them.
    """
    rows = [tuple(row.values()) for row in await fetch_of_given(connection, name, *arguments)]
    return {
        column: np.fromiter((row[place] for row in rows), np.dtype(_TYPES[kind]).newbyteorder("="), len(rows))
        for place, (column, kind) in enumerate(columns.items())
    }
