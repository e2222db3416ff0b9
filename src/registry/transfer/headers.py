"""The header of a file against the columns of its kind."""

import difflib
from collections.abc import Callable, Sequence

from registry.domain.errors import Bilingual, RowError, RowsRejected
from registry.domain.identifiers import hide_citizen_ids, normalise_code
from registry.transfer.columns import ImportKind
from registry.transfer.values import cell_text

Picker = Callable[[Sequence[object]], Sequence[object]]


def match_header(kind: ImportKind, header: Sequence[object], file: str) -> tuple[int, ...]:
    """For each column of the kind its place in the file's rows, or -1 where an optional column is absent.

    Columns may stand in any order; blank ones at the end are passed over; a Chinese column title counts like the name.
    Raises `RowsRejected` with every error of the header (row 0): `header.unknown`, `header.duplicate`,
    `header.missing`.
    """
    found = [column_name(kind, cell) for cell in header]
    while found and not found[-1]:
        found.pop()
    errors = [*_unknown(kind, found, file), *_duplicate(found, file), *_missing(kind, found, file)]
    if errors:
        zh, en = f"{file}: 表头不符合“{kind.title.zh}”", f"{file}: the header does not fit {kind.name}"
        raise RowsRejected(Bilingual(zh, en), errors)
    return tuple(found.index(name) if name in found else -1 for name in kind.names)


def column_name(kind: ImportKind, cell: object) -> str:
    """The column name that a header cell or a key means, or its own text."""
    text = cell_text(cell).removesuffix("*")
    titles = {column.description.zh: column.name for column in kind.columns}
    return titles.get(text, normalise_code(text).lower().replace(" ", "_"))


def _error(file: str, column: str, rule: str, reason: Bilingual, row: int = 0) -> RowError:
    shown = hide_citizen_ids(column)[:100]
    return RowError(file, row, shown, shown, rule, reason)


def _unknown(kind: ImportKind, found: Sequence[str], file: str) -> list[RowError]:
    free = [name for name in kind.names if name not in found]
    return [unknown_column(name, free, file) for name in found if name not in kind.names]


def unknown_column(name: str, free: Sequence[str], file: str, row: int = 0) -> RowError:
    """The error of a column that the kind does not have, with the nearest of those that are `free`."""
    near = difflib.get_close_matches(name, free, n=1, cutoff=0.5)
    zh = f"未知的列{f';是否为 {near[0]}?' if near else ''}"
    en = f"unknown column{f'; did you mean {near[0]}?' if near else ''}"
    return _error(file, name, "header.unknown", Bilingual(zh, en), row)


def _duplicate(found: Sequence[str], file: str) -> list[RowError]:
    twice = dict.fromkeys(name for name in found if name and found.count(name) > 1)
    return [_error(file, name, "header.duplicate", Bilingual("列重复", "the column stands twice")) for name in twice]


def _missing(kind: ImportKind, found: Sequence[str], file: str) -> list[RowError]:
    absent = [column.name for column in kind.columns if column.required and column.name not in found]
    return [
        _error(file, name, "header.missing", Bilingual("缺少必填列", "a required column is missing")) for name in absent
    ]
