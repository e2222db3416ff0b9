"""The files of an export: rows streamed from the database into CSV, JSON Lines, a workbook or what a matcher reads."""

import asyncio
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import file_digest, sha256
from pathlib import Path

import orjson

from registry.db.copy_out import copy_out, describe_columns
from registry.db.pool import Connection
from registry.transfer.sheets import MOST_ROWS, CellKind, SheetColumn, Sheets


class ColumnType(StrEnum):
    """What the values of a column are, as its manifest says it: no reader need guess."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"


_TYPES = {
    **dict.fromkeys(("int2", "int4", "int8"), ColumnType.INTEGER),
    **dict.fromkeys(("numeric", "float8"), ColumnType.NUMBER),
    "date": ColumnType.DATE,
}
_TRUTHS = frozenset({"capped", "disputed"})
"""Columns that CSV has as the words true and false: the server's own t and f are letters to most readers."""
_KINDS = {
    ColumnType.TEXT: CellKind.TEXT,
    ColumnType.INTEGER: CellKind.NUMBER,
    ColumnType.NUMBER: CellKind.NUMBER,
    ColumnType.DATE: CellKind.DAY,
    ColumnType.BOOLEAN: CellKind.TRUTH,
}
Columns = Mapping[str, ColumnType]


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One file: rows without the header, size in bytes, SHA-256 in lower-case hexadecimal; columns of a table."""

    name: str
    rows: int
    bytes: int
    sha256: str
    columns: Columns = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """A file to write: its name, the statement of its rows without the format at its end, and what that is given."""

    file: str
    statement: str
    arguments: Sequence[int | date | str | None] = ()


async def write_csv(connection: Connection, part: Part, folder: Path, *, begin: bytes = BOM_UTF8) -> ExportedFile:
    """Write rows as CSV with header, as the server gives them; the BOM is for spreadsheets."""
    columns = await _columns(connection, part)
    return replace(await _stream(connection, part, folder, "csv", begin), columns=columns)


async def write_jsonl(connection: Connection, part: Part, folder: Path) -> ExportedFile:
    """Write rows as JSON Lines, as the server gives them."""
    columns = await _columns(connection, part)
    return replace(await write_entities(connection, part, folder), columns=columns)


async def write_entities(connection: Connection, part: Part, folder: Path) -> ExportedFile:
    """Write lines of JSON that are no rows of a table."""
    return await _stream(connection, part, folder, "jsonl", b"")


async def _columns(connection: Connection, part: Part) -> Columns:
    described = await describe_columns(connection, f"{part.statement}_csv")
    return {
        name: ColumnType.BOOLEAN if name in _TRUTHS else _TYPES.get(kind, ColumnType.TEXT) for name, kind in described
    }


async def _stream(connection: Connection, part: Part, folder: Path, ending: str, begin: bytes) -> ExportedFile:
    path, digest = folder / part.file, sha256(begin)
    with path.open("wb") as stream:
        stream.write(begin)

        async def write(chunk: bytes) -> None:
            digest.update(chunk)
            stream.write(chunk)

        rows = await copy_out(connection, f"{part.statement}_{ending}", write, *part.arguments)
    return ExportedFile(path.name, rows, path.stat().st_size, digest.hexdigest())


def _measured(path: Path, rows: int, columns: Columns) -> ExportedFile:
    with path.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    return ExportedFile(path.name, rows, path.stat().st_size, digest, columns)


async def write_workbook(
    connection: Connection, part: Part, folder: Path, made_at: datetime, *, most_rows: int = MOST_ROWS
) -> ExportedFile:
    """Write rows as a workbook: the columns of the CSV by their types, the values of the JSON Lines as they are."""
    columns = await _columns(connection, part)
    path = folder / part.file
    cells = [SheetColumn(name, _KINDS[kind]) for name, kind in columns.items()]
    sheets = Sheets(path, path.stem, cells, made_at, most_rows=most_rows)
    lines = _Lines(lambda whole: sheets.add(map(orjson.loads, whole)))

    async def write(chunk: bytes) -> None:
        await asyncio.to_thread(lines.take, chunk)

    try:
        rows = await copy_out(connection, f"{part.statement}_jsonl", write, *part.arguments)
    finally:
        await asyncio.to_thread(sheets.close)
    return await asyncio.to_thread(_measured, path, rows, columns)


class _Lines:
    """Cuts chunks into whole lines."""

    def __init__(self, hand_on: Callable[[list[bytes]], object]) -> None:
        self._hand_on = hand_on
        self._rest = b""

    def take(self, chunk: bytes) -> None:
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        self._hand_on(whole)
