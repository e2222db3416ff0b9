"""The transport of a connection: what one turn of the event loop writes goes in one piece, at a pace that is watched.

Every write to a socket is a call of the system and wakes who reads it, so head and body of an answer go together.
Whoever takes nothing of what was written would hold the connection for ever, even after it was closed: a transport
closes when all of it was taken.
"""

import asyncio
import fcntl
import sys
import termios
from contextlib import suppress
from typing import Any

MOST_KEPT_BYTES = 64 << 10
PACE_SECONDS = 30.0
LEAST_TAKEN_BYTES = 30 << 10
"""What must be taken of an answer within PACE_SECONDS, unless all that waits is less."""


class Joining:
    """A connection's transport that writes in one piece what was written in one turn of the event loop."""

    __slots__ = ("_kept", "_loop", "_pace", "_seen", "_size", "_transport", "_written")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._kept: list[bytes] = []
        self._size = 0
        self._written = 0
        self._seen = 0, 0
        """When last looked at: bytes that were taken, and that waited."""
        self._pace: asyncio.TimerHandle | None = None

    def write(self, data: bytes) -> None:
        """Take what is to be sent."""
        if not self._kept:
            self._loop.call_soon(self.flush)
        self._kept.append(data)
        self._size += len(data)
        if self._size > MOST_KEPT_BYTES:
            self.flush()  # or a sender that never pauses would not be held up

    def flush(self) -> None:
        """Send what was taken."""
        if self._kept:
            kept, self._kept, self._size = self._kept, [], 0
            piece = b"".join(kept)
            self._written += len(piece)
            self._transport.write(piece)

    def write_eof(self) -> None:
        """Send what was taken, and that nothing follows."""
        self.flush()
        self._transport.write_eof()

    def close(self) -> None:
        """Send what was taken and close."""
        self.flush()
        self._transport.close()
        self.watch()

    def is_closing(self) -> bool:
        """Whether the connection is closed or about to be."""
        return self._transport.is_closing()

    def watch(self) -> None:
        """Look in a while whether what waits is being taken, if it is not looked at already."""
        if self._pace is None and self._waiting():
            self._seen = self._taken(), self._waiting()
            self._pace = self._loop.call_later(PACE_SECONDS, self._look)

    def forget(self) -> None:
        """Look no more."""
        if self._pace is not None:
            self._pace.cancel()
            self._pace = None

    def _waiting(self) -> int:
        return self._transport.get_write_buffer_size()

    def _taken(self) -> int:
        """How many bytes the other side has: what the kernel still holds, megabytes at times, it has not."""
        unsent = bytearray(4)
        with suppress(OSError, ValueError, AttributeError):
            fcntl.ioctl(self._transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, unsent)
        return self._written - self._waiting() - int.from_bytes(unsent, sys.byteorder)

    def _look(self) -> None:
        self._pace = None
        taken, waited = self._seen
        if self._taken() - taken < min(LEAST_TAKEN_BYTES, waited):
            self._transport.abort()
        else:
            self.watch()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
