"""What an import tells: its progress while it runs, and its result."""

from dataclasses import dataclass
from enum import StrEnum


class ImportStep(StrEnum):
    """The steps of an import in their order."""

    READING = "READING"
    WAITING = "WAITING"
    CHECKING = "CHECKING"
    WRITING = "WRITING"


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is: rows accepted and bytes read so far; `bytes_total` is None where it is not known."""

    step: ImportStep
    rows: int
    bytes_read: int
    bytes_total: int | None


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What a file did to the register; a row counts once, by the strongest of what it did."""

    rows: int
    added: int
    amended: int
    ended: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The outcome of an import; `position` is that of its change set, None where nothing changed or in a dry run."""

    kind: str
    file: str
    rows: int
    added: int
    amended: int
    ended: int
    unchanged: int
    position: int | None
    dry_run: bool
