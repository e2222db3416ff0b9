"""CSV files: quoted cells, any line end, comma, semicolon or tab, comment rows that begin with `#`."""

import csv
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from registry.transfer.encodings import decode, lines
from registry.transfer.tables import COMMENT, RawTable, reject_file

LONGEST_CELL = 100_000
_DELIMITERS = ",;\t"


def read_csv(stream: BinaryIO, file: str) -> RawTable:
    """The header and the rows of a CSV stream.

    Rows are counted as a spreadsheet counts them: blank rows and comment rows have a number but are passed over.
    Raises `RowsRejected`: `file.empty`, `file.encoding`, `csv.syntax` (an open quote, a cell that is too long).
    """
    records = _records(stream, file)
    first = next((cells for _, cells in records), None)
    if first is None:
        raise reject_file(file, 0, "file.empty", "文件为空,没有表头", "the file is empty: it has no header row")
    return RawTable(first, records)


def _records(stream: BinaryIO, file: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Every record with other than blanks and comments; the header has number 0."""
    csv.field_size_limit(LONGEST_CELL)
    text = lines(decode(stream))
    number = -1
    try:
        first = next(text, "")
        for cells in csv.reader(_with_first(first, text), delimiter=_delimiter(first), strict=True):
            number += 1
            if cells and not cells[0].startswith(COMMENT) and any(cells):
                yield number, cells
    except UnicodeDecodeError as error:
        zh, en = "文件编码无法识别,应为 UTF-8 或 GB18030", "the file is neither UTF-8 nor GB18030 text"
        raise reject_file(file, number + 1, "file.encoding", zh, en) from error
    except (csv.Error, ValueError) as error:
        zh, en = (
            "CSV 语法错误:引号未闭合或单元格、行过长",
            "broken CSV: an open quote, or a cell or line that is too long",
        )
        raise reject_file(file, number + 1, "csv.syntax", zh, en) from error


def _with_first(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _delimiter(header: str) -> str:
    """The delimiter that the header row shows; column names contain none of them."""
    return max(_DELIMITERS, key=header.count)
