"""The bytes of uploads: a file each, whose size says how much has come, held by one process at a time."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from registry.domain.errors import Bilingual, Conflict

COPY_BYTES = 1 << 20


class Store:
    """Files below a folder, which is made when the first one comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, number: UUID) -> Path:
        """Where the bytes of an upload lie."""
        return self._folder / f"{number}.part"

    def create(self, number: UUID) -> None:
        """Make an empty file."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(self.path(number), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))

    def size(self, number: UUID) -> int | None:
        """Return how many bytes have come; None where there is no file any more."""
        try:
            return self.path(number).stat().st_size
        except FileNotFoundError:
            return None

    def remove(self, number: UUID) -> None:
        """Remove the bytes, where there are any."""
        with suppress(FileNotFoundError):
            self.path(number).unlink()

    @contextmanager
    def held(self, number: UUID) -> Iterator[BinaryIO | None]:
        """Give the file while nobody else may write or import it; None where there is none.

        Whoever held it and was killed holds it no more. Raises Conflict (`upload.under-way`) while another does.
        """
        try:
            stream = self.path(number).open("r+b")
        except FileNotFoundError:
            yield None
            return
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise _under_way() from None
            yield stream


class Piece:
    """What comes in one request, appended to a held file; `algorithm` is set where the sender gives a digest."""

    def __init__(self, stream: BinaryIO, most: int, algorithm: str | None = None) -> None:
        self._stream = stream
        self.begun = stream.seek(0, os.SEEK_END)
        self._most = most
        self._digest = None if algorithm is None else hashlib.new(algorithm)
        self.fits = True

    @property
    def offset(self) -> int:
        """How many bytes the file has now."""
        return self._stream.tell()

    def write(self, chunk: bytes) -> None:
        """Append; more than was announced is not written, and `fits` says so."""
        if self.offset + len(chunk) > self._most:
            self.fits = False
            return
        self._stream.write(chunk)
        if self._digest is not None:
            self._digest.update(chunk)

    def keep(self) -> None:
        """Bring what was written to the disk."""
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def discard(self) -> None:
        """Take back what was written."""
        self._stream.seek(self.begun)
        self._stream.truncate()

    def digest(self) -> bytes:
        """Return the digest of what was written."""
        return b"" if self._digest is None else self._digest.digest()


def _under_way() -> Conflict:
    zh, en = "该文件正在上传或导入", "another request writes this upload, or it is being imported"
    return Conflict(Bilingual(zh, en), rule="upload.under-way")
