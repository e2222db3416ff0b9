"""The error report of an import as a CSV file."""

import csv
from collections.abc import Iterable
from pathlib import Path

from registry.domain.errors import InputError, RowError

ERROR_COLUMNS = ("file", "row", "column", "value", "rule", "reason_zh", "reason_en", "code")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_errors(path: Path, errors: Iterable[RowError]) -> None:
    """Writes the errors as UTF-8 with BOM, so that a spreadsheet reads the Chinese; one row an error."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(ERROR_COLUMNS)
        writer.writerows(_cells(error) for error in errors)


def _cells(error: RowError) -> tuple[str | int, ...]:
    return (
        _harmless(error.file),
        error.row,
        _harmless(error.column),
        _harmless(error.value),
        error.rule,
        error.reason.zh,
        error.reason.en,
        InputError.code.value,
    )


def _harmless(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
