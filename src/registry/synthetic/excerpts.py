"""Rows of the register as they were written, and folders of files that take them up again, changed or as they are."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from registry.synthetic.draws import Ints
from registry.synthetic.files import CsvFile
from registry.synthetic.tables import COLUMNS

Row = dict[str, str]
"""The cells of one row by column."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A row of a file of the register with its number there, from 1 under the header."""

    number: int
    cells: Row


@dataclass(frozen=True, slots=True)
class Excerpts:
    """The rows of a block as they stand in the files, found by the institution that they are about."""

    files: Mapping[str, CsvFile]
    institution: Mapping[str, Ints]

    def of(self, kind: str, institution: int) -> list[Placed]:
        """The rows of a kind about one institution of the block, in the order of the file."""
        table, names = self.files[kind], COLUMNS[kind].split()
        return [
            Placed(table.first_of_block + row, dict(zip(names, table.cells(row), strict=True)))
            for row in np.nonzero(self.institution[kind] == institution)[0].tolist()
        ]


@dataclass(slots=True)
class Folder:
    """Files of a folder, and for each what an import of it must report."""

    name: str
    files: Mapping[str, CsvFile]
    tallies: dict[str, Counter[str]] = field(default_factory=dict)

    def rows(self, kind: str) -> int:
        """How many rows a file has so far."""
        return self.files[kind].rows

    def put(self, kind: str, rows: Sequence[Row], outcome: str) -> int:
        """Appends rows of one outcome; gives the number of the first of them, from 1 under the header."""
        self.tallies.setdefault(kind, Counter())[outcome] += len(rows)
        if not rows:
            return self.files[kind].rows + 1
        names = COLUMNS[kind].split()
        return self.files[kind].write(*([row[name] for row in rows] for name in names)) + 1


@contextmanager
def _folder(path: Path) -> Iterator[Path]:
    """Makes a folder; removes it after an error where nothing is left in it."""
    path.mkdir(exist_ok=True)
    try:
        yield path
    except BaseException:
        if not any(path.iterdir()):
            path.rmdir()
        raise


def open_folder(stack: ExitStack, directory: Path, name: str, kinds: Sequence[str]) -> Folder:
    """A folder with one file a kind, closed and named by the stack."""
    stack.enter_context(_folder(directory / name))
    files = {
        kind: stack.enter_context(CsvFile(directory, f"{name}/{kind}.csv", COLUMNS[kind].split())) for kind in kinds
    }
    return Folder(name, files)
