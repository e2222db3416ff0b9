"""Whole columns out of the database, as binary COPY decoded into NumPy arrays while it streams; records into it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from registry.db.mapping import mapped_errors
from registry.db.pool import Connection
from registry.db.statements import statement

Columns = dict[str, npt.NDArray[Any]]

_HEADER_BYTES = 19
_TYPES = {"int8": ">i8", "int4": ">i4", "int2": ">i2"}
_CHUNK_BYTES = 4 << 20


def _row_type(columns: Mapping[str, str]) -> np.dtype[Any]:
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in columns.items():
        fields += [(f"length of {name}", ">i4"), (name, _TYPES[kind])]
    return np.dtype(fields)


class _Decoder:
    """Collects rows of fixed width: every column is NOT NULL and of an integer type, so all rows are equally long."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self._row = _row_type(columns)
        self._names = tuple(columns)
        self._expected = {f"length of {name}": np.dtype(_TYPES[kind]).itemsize for name, kind in columns.items()}
        self._parts: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in columns}
        self._rest = bytearray()
        self._to_skip = _HEADER_BYTES

    async def feed(self, data: bytes) -> None:
        self._rest += data
        if len(self._rest) >= _CHUNK_BYTES:
            self._decode(len(self._rest) // self._row.itemsize - 1)

    def _decode(self, rows: int) -> None:
        if self._to_skip:
            del self._rest[: self._to_skip]
            self._to_skip = 0
        table = np.frombuffer(bytes(memoryview(self._rest)[: rows * self._row.itemsize]), self._row)
        for length, expected in self._expected.items():
            if not (table[length] == expected).all():
                raise ValueError(f"a value behind {length!r} is NULL or of another type than declared")
        for name in self._names:
            self._parts[name].append(table[name].astype(table[name].dtype.newbyteorder("=")))
        del self._rest[: rows * self._row.itemsize]

    def finish(self) -> Columns:
        body = len(self._rest) - self._to_skip - 2
        if body % self._row.itemsize:
            raise ValueError("the rows are not of the declared width")
        self._decode(body // self._row.itemsize)
        return {name: np.concatenate(parts) for name, parts in self._parts.items()}


async def read_columns(connection: Connection, name: str, columns: Mapping[str, str], *arguments: object) -> Columns:
    """Return the columns of a named statement in row order; `columns` names each as int8, int4 or int2, never NULL."""
    decoder = _Decoder(columns)
    with mapped_errors():
        await connection.copy_from_query(statement(name), *arguments, output=decoder.feed, format="binary")
    return decoder.finish()


async def write_records(
    connection: Connection, table: str, columns: Sequence[str], records: Iterable[tuple[object, ...]]
) -> int:
    """COPY records into a temporary table and return how many there were."""
    with mapped_errors():
        tag = await connection.copy_records_to_table(table, columns=list(columns), records=records)
    return int(tag.rsplit(" ", 1)[-1])
