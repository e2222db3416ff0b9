"""Templates: what a person fills in."""

import csv
import io

from registry.transfer.columns import Column, ImportKind
from registry.transfer.csv import COMMENT


def template(kind: ImportKind) -> str:
    """The header row and a comment row, which begins with `#` and which the reader passes over; CR LF line ends."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(kind.names)
    comments = [_comment(column) for column in kind.columns]
    writer.writerow([f"{COMMENT} {comments[0]}", *comments[1:]])
    return stream.getvalue()


def _comment(column: Column) -> str:
    zh, en = column.type.form
    need_zh, need_en = ("必填", "required") if column.required else ("选填", "optional")
    return f"{column.description.zh}:{zh};{need_zh} / {column.description.en}: {en}; {need_en}"
