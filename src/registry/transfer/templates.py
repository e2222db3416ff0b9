"""Templates: what a person fills in, in the format in which it will come back."""

import csv
import io
import json

from xlsxwriter import Workbook

from registry.transfer.columns import Column, ImportKind
from registry.transfer.formats import FileFormat
from registry.transfer.tables import COMMENT
from registry.transfer.values import Identifier, Text

_COLUMN_WIDTH = 22


def template(kind: ImportKind, file_format: FileFormat = FileFormat.CSV) -> bytes:
    """A file of the kind without rows: the columns, and a comment on each, which the reader passes over.

    CSV and XLSX have a header row and a comment row; JSON Lines a comment line and an object of nulls.
    """
    match file_format:
        case FileFormat.CSV:
            return _csv(kind)
        case FileFormat.XLSX:
            return _xlsx(kind)
        case FileFormat.JSONL:
            return _jsonl(kind)


def _csv(kind: ImportKind) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows([kind.names, _comments(kind)])
    return stream.getvalue().encode()


def _xlsx(kind: ImportKind) -> bytes:
    """A sheet whose columns of codes and texts are formatted as text, so that no digit is lost when they are typed."""
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        sheet, as_text = book.add_worksheet(kind.name[:31]), book.add_format({"num_format": "@"})
        for place, column in enumerate(kind.columns):
            kept = as_text if isinstance(column.type, Identifier | Text) else None
            sheet.set_column(place, place, _COLUMN_WIDTH, kept)
        sheet.write_row(0, 0, kind.names)
        sheet.write_row(1, 0, _comments(kind))
        sheet.freeze_panes(1, 0)
    return stream.getvalue()


def _jsonl(kind: ImportKind) -> bytes:
    comments = json.dumps(dict(zip(kind.names, map(_comment, kind.columns), strict=True)), ensure_ascii=False)
    return f"{COMMENT} {comments}\n{json.dumps(dict.fromkeys(kind.names))}\n".encode()


def _comments(kind: ImportKind) -> list[str]:
    first, *rest = map(_comment, kind.columns)
    return [f"{COMMENT} {first}", *rest]


def _comment(column: Column) -> str:
    zh, en = column.type.form
    need_zh, need_en = ("必填", "required") if column.required else ("选填", "optional")
    return f"{column.description.zh}:{zh};{need_zh} / {column.description.en}: {en}; {need_en}"
