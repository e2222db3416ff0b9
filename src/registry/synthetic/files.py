"""CSV files written in blocks, counted and hashed as they are written."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A finished file: rows without the header, and the SHA-256 of its bytes."""

    name: str
    rows: int
    bytes: int
    sha256: str


class CsvFile:
    """A CSV file of plain cells (no quotes, commas or line breaks); bears its name only once it is whole."""

    def __init__(self, directory: Path, name: str, columns: Sequence[str]) -> None:
        self._name = name
        self._path, self._part = directory / name, directory / f"{name}.part"
        self._stream = self._part.open("wb")
        self._digest = hashlib.sha256()
        self._size = 0
        self.rows = 0
        self.first_of_block = 1
        self._block: tuple[Sequence[object], ...] = ()
        self._put(",".join(columns) + "\n")

    def __enter__(self) -> Self:
        """The file itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        """Closes the file; gives it its name, or removes it after an error."""
        self._stream.close()
        if kind is None:
            self._part.replace(self._path)
        else:
            self._part.unlink()

    def write(self, *columns: Sequence[object]) -> int:
        """Appends rows given as columns of equal length; gives the number of rows before them."""
        before = self.rows
        self.first_of_block, self._block = before + 1, columns
        text = "".join([",".join(map(str, row)) + "\n" for row in zip(*columns, strict=True)])
        self._put(text)
        self.rows += len(columns[0])
        return before

    def cells(self, row: int) -> list[str]:
        """The cells of one of the rows written last, from 0; the first of them is row `first_of_block` of the file."""
        return [str(column[row]) for column in self._block]

    def _put(self, text: str) -> None:
        data = text.encode()
        self._stream.write(data)
        self._digest.update(data)
        self._size += len(data)

    def written(self) -> WrittenFile:
        """What has been written so far."""
        return WrittenFile(self._name, self.rows, self._size, self._digest.hexdigest())


def write_json(path: Path, document: Mapping[str, object]) -> None:
    """Writes a JSON document, the same bytes on every system."""
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def write_manifest(directory: Path, files: Sequence[WrittenFile], **more: object) -> None:
    """Writes the counts and digests of a folder's files as `import --manifest` reads them, and what else is to tell."""
    listed = [asdict(file) | {"name": PurePosixPath(file.name).name} for file in files]
    write_json(directory / "manifest.json", {**more, "files": listed})
