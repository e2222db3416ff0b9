"""Typed rows of a file: one conversion for every format."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from registry.transfer.columns import ImportKind
from registry.transfer.conversion import ErrorLog, ParsedBatch, ParsedRow, TableConversion
from registry.transfer.formats import READERS, FileFormat
from registry.transfer.headers import match_header
from registry.transfer.tables import reject_file

BATCH_ROWS = 10_000


def read_batches(
    kind: ImportKind,
    source: Path | BinaryIO,
    file_name: str,
    errors: ErrorLog,
    *,
    file_format: FileFormat = FileFormat.CSV,
) -> Iterator[ParsedBatch]:
    """The accepted rows of a file in its order, in batches of at most `BATCH_ROWS`; the errors of the others go to
    `errors` as the batches stream.

    Raises `RowsRejected` for what is wrong with the file as a whole: `file.unreadable`, and see the readers and
    `match_header`.
    """
    if isinstance(source, Path):
        with _open(source, file_name) as stream:
            yield from read_batches(kind, stream, file_name, errors, file_format=file_format)
        return
    table = READERS[file_format](source, file_name, kind)
    places = match_header(kind, table.header, file_name)
    conversion = TableConversion(kind, file_name, places, len(table.header), table.day_zero)
    while batch := list(islice(table.rows, BATCH_ROWS)):
        yield conversion.convert_batch(batch, errors)


def read_rows(
    kind: ImportKind,
    source: Path | BinaryIO,
    file_name: str,
    errors: ErrorLog,
    *,
    file_format: FileFormat = FileFormat.CSV,
) -> Iterator[ParsedRow]:
    """The accepted rows of a file one by one; see `read_batches`."""
    for batch in read_batches(kind, source, file_name, errors, file_format=file_format):
        yield from batch.rows()


def _open(path: Path, file_name: str) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        zh, en = f"文件无法打开:{error.strerror}", f"the file cannot be opened: {error.strerror}"
        raise reject_file(file_name, 0, "file.unreadable", zh, en) from error
