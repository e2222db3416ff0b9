"""Rows as a workbook (XLSX), written as they come: memory does not grow with them, and no cell is ever a formula."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from registry.domain.errors import Bilingual, InputError

MOST_ROWS = 1_048_576
"""Of a sheet, the header among them; the rows beyond go on in another sheet."""
LONGEST_TEXT = 32_767
"""UTF-16 units of a cell."""


class CellKind(StrEnum):
    """What the cells of a column are."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    DAY = "DAY"
    TRUTH = "TRUTH"


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: its header, which is also the name of its values, and what its cells are."""

    name: str
    kind: CellKind


class Sheets:
    """A workbook under way. Texts are cells of the format text, which no spreadsheet takes for formulas or numbers."""

    def __init__(
        self, path: Path, title: str, columns: Sequence[SheetColumn], made_at: datetime, *, most_rows: int = MOST_ROWS
    ) -> None:
        self._title, self._columns, self._most_rows = title, columns, most_rows
        # What is under way lies beside the workbook, so that whoever sweeps the one sweeps the other.
        self._book = Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
        self._book.use_zip64()
        self._book.set_properties({"created": made_at.replace(tzinfo=None)})
        self._text = self._book.add_format({"num_format": "@"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._bold = self._book.add_format({"bold": True, "num_format": "@"})
        self._count = 0
        self._begin()

    def _begin(self) -> None:
        """Begin a sheet with its header; sheets after the first have their number behind the title."""
        number = len(self._book.worksheets()) + 1
        self._sheet: Any = self._book.add_worksheet(self._title if number == 1 else f"{self._title}-{number}")
        for place, column in enumerate(self._columns):
            self._sheet.write_string(0, place, column.name, self._bold)
        self._sheet.freeze_panes(1, 0)
        self._line = 1

    def add(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Write rows by the names of their columns; return how many there are so far. Rule: `export.cell-length`."""
        for row in rows:
            if self._line == self._most_rows:
                self._begin()
            for place, column in enumerate(self._columns):
                value = row[column.name]
                if value is not None:
                    self._write(place, column.kind, value)
            self._line += 1
            self._count += 1
        return self._count

    def _write(self, place: int, kind: CellKind, value: Any) -> None:
        match kind:
            case CellKind.NUMBER:
                self._sheet.write_number(self._line, place, value)
            case CellKind.DAY:
                self._sheet.write_datetime(self._line, place, date.fromisoformat(value), self._day)
            case CellKind.TRUTH:
                self._sheet.write_boolean(self._line, place, value)
            case CellKind.TEXT:
                self._write_text(place, str(value))

    def _write_text(self, place: int, text: str) -> None:
        if self._sheet.write_string(self._line, place, text, self._text) != 0:
            zh, en = (
                f"文本超过单元格上限 {LONGEST_TEXT} 字",
                f"a text has more than the {LONGEST_TEXT} of a cell; take CSV",
            )
            raise InputError(Bilingual(zh, en), rule="export.cell-length", path=(self._columns[place].name,))

    def close(self) -> None:
        """Write the archive; the workbook is whole after this."""
        self._book.close()
