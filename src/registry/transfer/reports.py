"""The error report of an import as a CSV file."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from registry.domain.errors import InputError, RegisterError, RowError
from registry.transfer.columns import ImportKind
from registry.transfer.formats import READERS, FileFormat
from registry.transfer.headers import column_name

ERROR_COLUMNS = ("file", "row", "column", "cell", "value", "rule", "reason_zh", "reason_en", "code")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def header_letters(kind: ImportKind, file: Path, file_format: FileFormat) -> Mapping[str, str]:
    """The letter that a spreadsheet gives to each column of a file; empty where the file has no header that is read."""
    if file_format is FileFormat.JSONL:
        return {}
    try:
        with file.open("rb") as stream:
            table = READERS[file_format](stream, file.name, kind)
    except (OSError, RegisterError):
        return {}
    return {column_name(kind, cell): _letters(place) for place, cell in enumerate(table.header, table.first_column)}


def _letters(place: int) -> str:
    rest, digit = divmod(place, 26)
    return (_letters(rest - 1) if rest else "") + chr(ord("A") + digit)


def write_errors(path: Path, errors: Iterable[RowError], letters: Mapping[str, str] = MappingProxyType({})) -> None:
    """Writes the errors as UTF-8 with BOM, so that a spreadsheet reads the Chinese; one row an error.

    With the `letters` of the columns the cell is named as a spreadsheet names it, the header being its row 1.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(ERROR_COLUMNS)
        writer.writerows(_cells(error, letters.get(error.column)) for error in errors)


def _cells(error: RowError, letter: str | None) -> tuple[str | int, ...]:
    return (
        _harmless(error.file),
        error.row,
        _harmless(error.column),
        f"{letter}{error.row + 1}" if letter else "",
        _harmless(error.value),
        error.rule,
        error.reason.zh,
        error.reason.en,
        InputError.code.value,
    )


def _harmless(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
