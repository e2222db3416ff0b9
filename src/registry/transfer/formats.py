"""File formats and their readers. A new format is one reader here: bytes in, a `RawTable` out."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import PurePath
from typing import BinaryIO

from registry.transfer.columns import ImportKind
from registry.transfer.csv import read_csv
from registry.transfer.jsonl import read_jsonl
from registry.transfer.tables import RawTable
from registry.transfer.xlsx import read_xlsx


class FileFormat(StrEnum):
    """The formats that an import takes."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"


READERS: Mapping[FileFormat, Callable[[BinaryIO, str, ImportKind], RawTable]] = {
    FileFormat.CSV: lambda stream, file, _: read_csv(stream, file),
    FileFormat.XLSX: lambda stream, file, _: read_xlsx(stream, file),
    FileFormat.JSONL: read_jsonl,
}
_ENDINGS: Mapping[str, FileFormat] = {
    ".xlsx": FileFormat.XLSX,
    ".xlsm": FileFormat.XLSX,
    ".jsonl": FileFormat.JSONL,
    ".ndjson": FileFormat.JSONL,
}


def format_of(file_name: str) -> FileFormat:
    """The format that the ending of a file's name tells; CSV for any that tells none."""
    return _ENDINGS.get(PurePath(file_name).suffix.lower(), FileFormat.CSV)
