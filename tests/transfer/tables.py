"""The same table as a file of each format."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from xlsxwriter import Workbook

from registry.domain.errors import RowError
from registry.transfer import ErrorLog, FileFormat, ParsedRow, get_kind, read_rows

Table = Sequence[Sequence[Any]]


def as_csv(table: Table) -> bytes:
    """CSV of texts; None is an empty cell."""
    stream = io.StringIO()
    csv.writer(stream).writerows(table)
    return stream.getvalue().encode()


def as_jsonl(table: Table) -> bytes:
    """One object a row."""
    header, *rows = table
    objects = (dict(zip(header, row, strict=True)) for row in rows)
    return "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in objects).encode()


def as_xlsx(*sheets: Table, hidden: int = 0, date_1904: bool = False) -> bytes:
    """A workbook; numbers and days as spreadsheets keep them. The first `hidden` sheets are."""
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "date_1904": date_1904}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        hour = book.add_format({"num_format": "hh:mm"})
        for place, table in enumerate(sheets):
            sheet = book.add_worksheet()
            for row, cells in enumerate(table):
                for column, cell in enumerate(cells):
                    _write(sheet, row, column, cell, day, hour)
            if place < hidden:
                sheet.hide()
            elif place == hidden:
                sheet.activate()
                sheet.set_first_sheet()
    return stream.getvalue()


def _write(sheet: Any, row: int, column: int, cell: object, day: object, hour: object) -> None:
    if isinstance(cell, time):
        sheet.write_datetime(row, column, cell, hour)
    elif isinstance(cell, date | datetime):
        sheet.write_datetime(row, column, cell, day)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif cell is not None:
        sheet.write(row, column, cell)


WRITERS: dict[FileFormat, Callable[[Table], bytes]] = {
    FileFormat.CSV: as_csv,
    FileFormat.XLSX: as_xlsx,
    FileFormat.JSONL: as_jsonl,
}


def read(data: bytes, kind: str, file_format: FileFormat) -> tuple[list[ParsedRow], list[RowError]]:
    """The accepted rows of a file, and the errors of the others."""
    errors = ErrorLog()
    rows = list(read_rows(get_kind(kind), io.BytesIO(data), "file", errors, file_format=file_format))
    return rows, errors.kept


def placed(errors: Iterable[RowError]) -> list[tuple[int, str, str]]:
    """Row, column and rule of each error."""
    return [(error.row, error.column, error.rule) for error in errors]
