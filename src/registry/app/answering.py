"""How the head of an answer is written: most of its lines are those of the last answer, and known."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import starmap
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    RequestResponseCycle,
)

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

_LEFT_TO_SERVER = frozenset({b"connection", b"transfer-encoding"})
_LENGTH = b"content-length"


class _LeftToServer(Exception):
    """A header says how the body is sent or whether the connection goes on: an answer that sets one is rare."""


@lru_cache(maxsize=2_000)
def _line(name: bytes, value: bytes) -> bytes:
    """Return the line of a header; RuntimeError for what would be no header or several."""
    if HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
        message = "Invalid HTTP header."
        raise RuntimeError(message)
    if name.lower() in _LEFT_TO_SERVER:
        raise _LeftToServer
    return b"%b: %b\r\n" % (name.lower(), value)


def _length(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """Return the length of the body that an answer's headers tell, if they do."""
    found = [value for name, value in headers if len(name) == len(_LENGTH) and name.lower() == _LENGTH]
    return int(found[-1]) if found else None


class Answering(RequestResponseCycle):
    """The answer to one request, whose head is made of lines that are known."""

    async def send(self, message: "ASGISendEvent") -> None:
        """Send a part of the answer; what is not plainly a head is the server's own affair."""
        head = None if self.response_started or self.disconnected or self.flow.write_paused else self._head(message)
        if head is None:
            await super().send(message)
            return
        self.response_started, self.waiting_for_100_continue = True, False
        self.transport.write(head)

    def _head(self, message: Any) -> bytes | None:
        """Return the head of an answer that tells the length of its body or has none; None of others."""
        if message["type"] != "http.response.start":
            return None
        given = message.get("headers", ())
        length = _length(given)
        if length is None:
            return None
        try:
            lines = [*starmap(_line, self.default_headers), *starmap(_line, given)]
        except _LeftToServer:
            return None
        self.expected_content_length, self.chunked_encoding = length, False
        end = b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n"
        return b"".join((STATUS_LINE[message["status"]], *lines, end))
