"""The file of an import while it is read: counted and digested on its way."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from registry.domain.errors import Bilingual, InputError

BUFFER_BYTES = 1 << 18


def _unreadable(name: str, error: Exception) -> InputError:
    reason = getattr(error, "strerror", None) or type(error).__name__
    zh, en = f"无法读取文件 {name}：{reason}", f"{name} cannot be read: {reason}"
    return InputError(Bilingual(zh, en), rule="file.unreadable", path=("file",))


class MeasuredFile(io.RawIOBase):
    """A stream that counts and digests what is read from it. A failure to read is an InputError `file.unreadable`."""

    def __init__(self, stream: BinaryIO, name: str, bytes_total: int | None = None) -> None:
        super().__init__()
        self._stream, self._name = stream, name
        self._digest = hashlib.sha256()
        self.bytes_total = bytes_total
        self.bytes_read = 0
        self._tail = b""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer and return how many bytes; 0 at the end."""
        try:
            chunk = self._stream.read(len(buffer))
        except (OSError, ValueError) as error:
            raise _unreadable(self._name, error) from error
        buffer[: len(chunk)] = chunk
        self._digest.update(chunk)
        self.bytes_read += len(chunk)
        self._tail = chunk[-2:] or self._tail
        return len(chunk)

    @property
    def ends_a_line(self) -> bool:
        """Whether what was read so far ends with a line end (in UTF-16, too)."""
        return self._tail.strip(b"\0").endswith((b"\n", b"\r"))

    def sha256(self) -> bytes:
        """Return the digest of the whole file; what nobody read yet is read now."""
        while self.read(BUFFER_BYTES):
            pass
        return self._digest.digest()

    def buffered(self) -> BinaryIO:
        """Return the stream to read from."""
        return io.BufferedReader(self, BUFFER_BYTES)


@contextmanager
def measured(source: Path | BinaryIO, name: str) -> Iterator[MeasuredFile]:
    """Open the file where a path is given; a given stream stays open."""
    if not isinstance(source, Path):
        yield MeasuredFile(source, name)
        return
    try:
        stream = source.open("rb")
        size = source.stat().st_size
    except OSError as error:
        raise _unreadable(name, error) from error
    with stream:
        yield MeasuredFile(stream, name, size)
