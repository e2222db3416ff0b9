"""Cells of a workbook whose formula failed (`#N/A`): the reader of workbooks takes them for empty ones.

The sheet's own text tells them (ECMA-376 part 1, 18.3.1.4: a cell of type `e`). Most sheets have none, which one look
at the bytes settles.
"""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from registry.transfer.workbooks import local_name, parse, part_of

_CHUNK_BYTES = 1 << 20
_OVERLAP_BYTES = 16
_MARK = re.compile(rb"""\bt\s*=\s*(?:"e"|'e')""")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]+)")
Place = tuple[int, int]
"""Row and column of a cell, both from 0."""


@dataclass(frozen=True, slots=True)
class FailedCell:
    """What stands in a cell instead of a value, like `#N/A`."""

    text: str

    def __str__(self) -> str:
        """The text that the spreadsheet shows."""
        return self.text


def failed_cells(archive: zipfile.ZipFile, sheet: str) -> Mapping[Place, FailedCell]:
    """The failed cells of a sheet by their places. Raises `expat.ExpatError` for a sheet that is no XML."""
    name = part_of(archive, sheet)
    if name is None or not _has_any(archive, name):
        return {}
    found = _Finder()
    with archive.open(name) as part:
        parse(found.begin, found.end, found.text).ParseFile(part)
    return found.cells


def _has_any(archive: zipfile.ZipFile, name: str) -> bool:
    tail = b""
    with archive.open(name) as part:
        while chunk := part.read(_CHUNK_BYTES):
            if _MARK.search(tail + chunk):
                return True
            tail = chunk[-_OVERLAP_BYTES:]
    return False


@dataclass(slots=True)
class _Finder:
    """Walks through a sheet; rows and cells without a reference follow the ones before them."""

    cells: dict[Place, FailedCell] = field(default_factory=dict)
    row: int = -1
    column: int = -1
    failed: bool = False
    shown: list[str] | None = None

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Enter an element."""
        tag = local_name(name)
        if tag == "row":
            self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
            self.column = -1
        elif tag == "c":
            self.column = _column(attributes["r"]) if "r" in attributes else self.column + 1
            self.failed = attributes.get("t") == "e"
        elif tag == "v" and self.failed:
            self.shown = []

    def text(self, text: str) -> None:
        """Take up what a failed cell shows."""
        if self.shown is not None:
            self.shown.append(text)

    def end(self, name: str) -> None:
        """Leave an element."""
        if local_name(name) == "v" and self.shown is not None:
            self.cells[self.row, self.column] = FailedCell("".join(self.shown))
            self.shown = None


def _column(reference: str) -> int:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise expat.ExpatError("a cell without a place")
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
