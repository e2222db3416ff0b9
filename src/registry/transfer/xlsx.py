"""XLSX workbooks: the first visible sheet that has anything on it; its first row that is no comment is the header.

A workbook is read as a whole, so its size is bounded; rows are converted as they are asked for.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import BinaryIO
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from registry.domain.errors import RowsRejected
from registry.transfer.tables import COMMENT, DAY_ZERO, DAY_ZERO_1904, RawTable, reject_file

LARGEST_UNPACKED_BYTES = 1 << 30
_WORKBOOK = "xl/workbook.xml"


def read_xlsx(stream: BinaryIO, file: str) -> RawTable:
    """The header and the rows of a workbook, numbered as the sheet numbers them, less one.

    Blank rows and comment rows are passed over. Cells are str, float, bool, date, datetime, time or timedelta. Raises
    `RowsRejected`: `file.empty`, `xlsx.syntax` (no workbook, or behind a password), `xlsx.size`.
    """
    content = stream.read()
    day_zero = _opened(content, file)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        del content
        for rows in _sheets(book):
            header = next(rows, None)
            if header is not None:
                return RawTable(header[1], rows, day_zero)
    except CalamineError as error:
        raise _broken(file) from error
    raise reject_file(file, 0, "file.empty", "文件为空,没有表头", "the file is empty: it has no header row")


def _sheets(book: CalamineWorkbook) -> Iterator[Iterator[tuple[int, Sequence[object]]]]:
    """The rows of each sheet that a person sees."""
    for sheet in book.sheets_metadata:
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet:
            yield _rows(book.get_sheet_by_name(sheet.name).iter_rows())


def _rows(rows: Iterator[Sequence[object]]) -> Iterator[tuple[int, Sequence[object]]]:
    for number, cells in enumerate(rows):
        first = cells[0] if cells else ""
        if not (isinstance(first, str) and first.startswith(COMMENT)) and any(cell != "" for cell in cells):
            yield number, cells


def _opened(content: bytes, file: str) -> date:
    """The day from which the workbook counts, once its size is found to be bearable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_size(archive, file)
            return _day_zero(archive)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, expat.ExpatError) as error:
        raise _broken(file) from error


def _check_size(archive: zipfile.ZipFile, file: str) -> None:
    if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED_BYTES:
        zh, en = "工作簿过大,请拆分或改用 CSV", "the workbook is too large; split it, or use CSV"
        raise reject_file(file, 0, "xlsx.size", zh, en)


def _day_zero(archive: zipfile.ZipFile) -> date:
    """What `date1904` of the workbook's properties says (ECMA-376 part 1, 18.2.28)."""
    told: list[str] = []

    def read(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(" ")[2] == "workbookPr":
            told.append(attributes.get("date1904", "0"))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = read
    for name in archive.namelist():
        if name.replace("\\", "/").lower() == _WORKBOOK:
            parser.Parse(archive.read(name), True)
            break
    return DAY_ZERO_1904 if told[:1] in (["1"], ["true"]) else DAY_ZERO


def _refuse_doctype(*_: object) -> None:
    """A workbook declares no entities: whatever does is an attack on its reader."""
    raise expat.ExpatError("a document type is declared")


def _broken(file: str) -> RowsRejected:
    zh, en = "不是可读取的 XLSX 工作簿(或有密码保护)", "it is no XLSX workbook that can be read, or it has a password"
    return reject_file(file, 0, "xlsx.syntax", zh, en)
