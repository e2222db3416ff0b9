"""File formats and their readers. A new format is one reader here: bytes in, a `RawTable` out."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import BinaryIO

from registry.transfer.csv import read_csv
from registry.transfer.tables import RawTable


class FileFormat(StrEnum):
    """The formats that an import takes."""

    CSV = "csv"


READERS: Mapping[FileFormat, Callable[[BinaryIO, str], RawTable]] = {FileFormat.CSV: read_csv}
