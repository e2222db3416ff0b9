"""What an import tells: its progress while it runs, and its result."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from registry.domain.errors import RowError


class ImportStep(StrEnum):
    """The steps of an import in their order."""

    READING = "READING"
    WAITING = "WAITING"
    CHECKING = "CHECKING"
    WEIGHING = "WEIGHING"
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
    """What a file did to the register; a row counts once, by the strongest of what it did.

    `ended` counts rows of the register that a snapshot does not name; `rejected` rows that a partial import left out;
    `contradictions` rows of the file about which sources disagree, whichever of them prevails.
    """

    rows: int
    added: int
    amended: int
    ended: int
    unchanged: int
    rejected: int = 0
    contradictions: int = 0


@dataclass(frozen=True, slots=True)
class EarlierImport:
    """An earlier import of the same bytes from the same source; `position` is None where that changed nothing."""

    imported_at: datetime
    position: int | None


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The outcome of an import; `position` is that of its change set, None where nothing changed or in a dry run.

    `earlier` is set where the same file was imported before; `errors` are the first errors of the rejected rows.
    """

    kind: str
    file: str
    source: str
    rows: int
    added: int
    amended: int
    ended: int
    unchanged: int
    rejected: int
    contradictions: int
    position: int | None
    dry_run: bool
    earlier: EarlierImport | None
    errors: tuple[RowError, ...]
