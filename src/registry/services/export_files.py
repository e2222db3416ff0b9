"""The files of an export: rows streamed from the database into CSV, JSON Lines, a workbook or what a matcher reads."""

import asyncio
from codecs import BOM_UTF8
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import file_digest, sha256
from pathlib import Path

import orjson

from registry.db.copy_out import copy_out, describe_columns
from registry.db.pool import Connection
from registry.transfer.sheets import MOST_ROWS, CellKind, SheetColumn, Sheets

_KINDS = {
    **dict.fromkeys(("int2", "int4", "int8", "numeric", "float8"), CellKind.NUMBER),
    "date": CellKind.DAY,
    "bool": CellKind.TRUTH,
}


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One file: rows without the header, size in bytes, SHA-256 in lower-case hexadecimal."""

    name: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Part:
    """A file to write: its name, the statement of its rows without the format at its end, and what that is given."""

    file: str
    statement: str
    arguments: Sequence[int | date | str | None] = ()


async def write_csv(connection: Connection, part: Part, folder: Path, *, begin: bytes = BOM_UTF8) -> ExportedFile:
    """Write rows as CSV with header, as the server gives them; the BOM is for spreadsheets."""
    return await _stream(connection, part, folder, "csv", begin)


async def write_jsonl(connection: Connection, part: Part, folder: Path) -> ExportedFile:
    """Write rows as JSON Lines, as the server gives them."""
    return await _stream(connection, part, folder, "jsonl", b"")


async def _stream(connection: Connection, part: Part, folder: Path, ending: str, begin: bytes) -> ExportedFile:
    path, digest = folder / part.file, sha256(begin)
    with path.open("wb") as stream:
        stream.write(begin)

        async def write(chunk: bytes) -> None:
            digest.update(chunk)
            stream.write(chunk)

        rows = await copy_out(connection, f"{part.statement}_{ending}", write, *part.arguments)
    return ExportedFile(path.name, rows, path.stat().st_size, digest.hexdigest())


def _measured(path: Path, rows: int) -> ExportedFile:
    with path.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    return ExportedFile(path.name, rows, path.stat().st_size, digest)


async def write_workbook(
    connection: Connection, part: Part, folder: Path, made_at: datetime, *, most_rows: int = MOST_ROWS
) -> ExportedFile:
    """Write rows as a workbook: the columns of the CSV by their types, the values of the JSON Lines as they are."""
    described = await describe_columns(connection, f"{part.statement}_csv")
    columns = [SheetColumn(name, _KINDS.get(kind, CellKind.TEXT)) for name, kind in described]
    path = folder / part.file
    sheets = Sheets(path, path.stem, columns, made_at, most_rows=most_rows)
    lines = _Lines(lambda whole: sheets.add(map(orjson.loads, whole)))

    async def write(chunk: bytes) -> None:
        await asyncio.to_thread(lines.take, chunk)

    try:
        rows = await copy_out(connection, f"{part.statement}_jsonl", write, *part.arguments)
    finally:
        await asyncio.to_thread(sheets.close)
    return await asyncio.to_thread(_measured, path, rows)


class _Lines:
    """Cuts chunks into whole lines."""

    def __init__(self, hand_on: Callable[[list[bytes]], object]) -> None:
        self._hand_on = hand_on
        self._rest = b""

    def take(self, chunk: bytes) -> None:
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        self._hand_on(whole)
