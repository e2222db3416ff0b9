"""XLSX workbooks: the first visible sheet that has anything on it; its first row that is no comment is the header.

A workbook is read as a whole, so its size is bounded; rows are converted as they are asked for.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import BinaryIO
from xml.parsers import expat

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from registry.domain.errors import RowsRejected
from registry.transfer.failed_cells import FailedCell, Place, failed_cells
from registry.transfer.tables import COMMENT, DAY_ZERO, DAY_ZERO_1904, RawTable, reject_file
from registry.transfer.workbooks import WORKBOOK, elements

LARGEST_UNPACKED_BYTES = 1 << 30
_UNREADABLE = (
    CalamineError,
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    NotImplementedError,
    ValueError,
    expat.ExpatError,
)
"""What the parts of a reader raise for content that is no workbook."""


def read_xlsx(stream: BinaryIO, file: str) -> RawTable:
    """The header and the rows of a workbook, numbered as the sheet numbers them, less one.

    Blank rows and comment rows are passed over. Cells are str, float, bool, date, datetime, time, timedelta, or a
    FailedCell. Raises `RowsRejected`: `file.empty`, `xlsx.syntax` (no workbook, or behind a password), `xlsx.size`.
    """
    content = stream.read()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_size(archive, file)
            table = _first_table(CalamineWorkbook.from_filelike(io.BytesIO(content)), archive)
    except _UNREADABLE as error:
        raise _broken(file) from error
    if table is None:
        raise reject_file(file, 0, "file.empty", "文件为空,没有表头", "the file is empty: it has no header row")
    return table


def _first_table(book: CalamineWorkbook, archive: zipfile.ZipFile) -> RawTable | None:
    """The table of the first sheet that a person sees and that has a header; None where there is none."""
    day_zero = _day_zero(archive)
    for sheet in book.sheets_metadata:
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet:
            found = book.get_sheet_by_name(sheet.name)
            rows = _rows(found, failed_cells(archive, sheet.name))
            header = next(rows, None)
            if header is not None:
                return RawTable(header[1], rows, day_zero, _first_column(found))
    return None


def _first_column(sheet: CalamineSheet) -> int:
    """The column of a sheet in which its rows begin, from 0: the columns before it are all empty."""
    return sheet.start[1] if sheet.start else 0


def _rows(sheet: CalamineSheet, failed: Mapping[Place, FailedCell]) -> Iterator[tuple[int, Sequence[object]]]:
    failures = _by_row(failed, _first_column(sheet))
    for number, read in enumerate(sheet.iter_rows()):
        cells = _with_failures(read, failures[number]) if number in failures else read
        first = cells[0] if cells else ""
        if not (isinstance(first, str) and first.startswith(COMMENT)) and any(cell != "" for cell in cells):
            yield number, cells


def _by_row(failed: Mapping[Place, FailedCell], first_column: int) -> Mapping[int, Mapping[int, FailedCell]]:
    rows: dict[int, dict[int, FailedCell]] = {}
    for (row, column), cell in failed.items():
        rows.setdefault(row, {})[column - first_column] = cell
    return rows


def _with_failures(cells: Sequence[object], failed: Mapping[int, FailedCell]) -> Sequence[object]:
    return [failed.get(place, cell) for place, cell in enumerate(cells)]


def _check_size(archive: zipfile.ZipFile, file: str) -> None:
    if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED_BYTES:
        zh, en = "工作簿过大,请拆分或改用 CSV", "the workbook is too large; split it, or use CSV"
        raise reject_file(file, 0, "xlsx.size", zh, en)


def _day_zero(archive: zipfile.ZipFile) -> date:
    """What `date1904` of the workbook's properties says (ECMA-376 part 1, 18.2.28)."""
    told = [found.get("date1904", "0") for name, found in elements(archive, WORKBOOK) if name == "workbookPr"]
    return DAY_ZERO_1904 if told[:1] in (["1"], ["true"]) else DAY_ZERO


def _broken(file: str) -> RowsRejected:
    zh, en = "不是可读取的 XLSX 工作簿(或有密码保护)", "it is no XLSX workbook that can be read, or it has a password"
    return reject_file(file, 0, "xlsx.syntax", zh, en)
