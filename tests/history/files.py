"""A file as a source sends it: its rows, its bad rows, its format, and how it is to be taken."""

import csv
import io
import json
from dataclasses import dataclass

import xlsxwriter
from tests.history.plain import Row

from registry.services.importing.options import NO_OPTIONS, ImportOptions
from registry.transfer import FileFormat, get_kind


@dataclass(frozen=True)
class File:
    """A file to import; `bad` are rows behind the others that cannot be taken."""

    kind: str
    rows: tuple[Row, ...]
    shape: str
    bad: tuple[Row, ...] = ()
    options: ImportOptions = NO_OPTIONS
    file_format: FileFormat = FileFormat.CSV

    @property
    def name(self) -> str:
        """Its name, with the ending of its format."""
        return f"{self.kind}.{self.file_format}"

    def bytes(self) -> bytes:
        """Return its content."""
        writers = {FileFormat.CSV: _as_csv, FileFormat.XLSX: _as_workbook, FileFormat.JSONL: _as_lines}
        return writers[self.file_format](get_kind(self.kind).names, (*self.rows, *self.bad))


def _as_csv(names: tuple[str, ...], rows: tuple[Row, ...]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, names)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def _as_workbook(names: tuple[str, ...], rows: tuple[Row, ...]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate([names, *([row[name] for name in names] for row in rows)]):
            for place, cell in enumerate(cells):
                sheet.write_string(number, place, cell)
    return stream.getvalue()


def _as_lines(names: tuple[str, ...], rows: tuple[Row, ...]) -> bytes:
    lines = [json.dumps({name: row[name] or None for name in names}, ensure_ascii=False) for row in rows]
    return "".join(f"{line}\n" for line in lines).encode()
