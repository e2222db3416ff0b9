"""What a format's reader gives: the header and the raw rows of one table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from registry.domain.errors import Bilingual, RowError, RowsRejected

COMMENT = "#"
"""What a row or line begins with that is passed over."""

DAY_ZERO, DAY_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
"""The days from which spreadsheets count; the latter where the workbook says so."""


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row of which a reader can tell no cells, and why."""

    errors: tuple[RowError, ...]


RawRow = tuple[int, Sequence[object] | WrongRow]
"""A row number (from 1, without the header) and the cells: text, or typed cells where the format has types."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """The header's cells and the rows under it, which stream; numbers in columns of days count from `day_zero`.

    `first_column` is where the cells begin in a sheet, from 0.
    """

    header: Sequence[object]
    rows: Iterator[RawRow]
    day_zero: date = DAY_ZERO
    first_column: int = 0


def reject_file(file: str, row: int, rule: str, zh: str, en: str) -> RowsRejected:
    """The error of a file that cannot be read on from `row` (0 is the header), ready to raise."""
    reason = Bilingual(zh, en)
    return RowsRejected(Bilingual(f"{file}: {zh}", f"{file}: {en}"), [RowError(file, row, "", "", rule, reason)])
