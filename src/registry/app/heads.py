"""A limit to what stands before the body of a request, how long that may take, and how slowly a body may come.

The parser has none of its own: without one a single connection could fill the memory by a header that never ends, and
thousands that send a byte now and then could be held open for ever.
"""

import asyncio
import json
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http import httptools_impl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from registry.app.answering import Answering
from registry.app.joining import Joining
from registry.app.offers import without_offers
from registry.app.room import most_connections
from registry.domain.errors import InputError, Unavailable

LONGEST_TARGET_BYTES = 32 << 10
"""Of path and query: a question of GET stands there."""
LARGEST_HEAD_BYTES = 64 << 10
MOST_HEADERS = 100
HEAD_SECONDS = 30.0
"""From the first to the last byte of a head, and from connecting to the first."""
PACE_SECONDS = 30.0
LEAST_BODY_BYTES = 30 << 10
"""What must come of a body within PACE_SECONDS, unless that is its end or the server itself reads nothing meanwhile."""
LINGER_SECONDS = 2.0
"""How long a refused caller is listened to, unheard: an answer to who still sends is lost when the socket closes."""

_TARGET_SIZE, _HEAD_SIZE = "request.target-size", "request.head-size"
_HEAD_TIME, _BODY_TIME = "request.head-time", "request.body-time"
_CROWDED = "server.crowded"
_TOLD = {
    _TARGET_SIZE: (
        HTTPStatus.REQUEST_URI_TOO_LONG,
        f"地址超过 {LONGEST_TARGET_BYTES >> 10} KiB；请用 POST",
        f"The address is longer than {LONGEST_TARGET_BYTES >> 10} KiB; use POST",
    ),
    _HEAD_SIZE: (
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        f"请求头超过 {LARGEST_HEAD_BYTES >> 10} KiB 或 {MOST_HEADERS} 项",
        f"The headers are larger than {LARGEST_HEAD_BYTES >> 10} KiB or more than {MOST_HEADERS}",
    ),
    _HEAD_TIME: (
        HTTPStatus.REQUEST_TIMEOUT,
        f"请求头未在 {HEAD_SECONDS:.0f} 秒内送达",
        f"The headers took longer than {HEAD_SECONDS:.0f} seconds",
    ),
    _BODY_TIME: (
        HTTPStatus.REQUEST_TIMEOUT,
        f"请求正文过慢：{PACE_SECONDS:.0f} 秒内不足 {LEAST_BODY_BYTES >> 10} KiB",
        f"Less than {LEAST_BODY_BYTES >> 10} KiB of the body came in {PACE_SECONDS:.0f} seconds",
    ),
    _CROWDED: (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "连接数已达上限，请稍后再试",
        "There are too many connections at the moment; try again later",
    ),
}


def _answer(rule: str) -> bytes:
    status, zh, en = _TOLD[rule]
    refused = Unavailable if status is HTTPStatus.SERVICE_UNAVAILABLE else InputError
    shown = {"error": {"code": refused.code, "rule": rule, "path": [], "message": {"zh": zh, "en": en}}}
    body = json.dumps(shown, ensure_ascii=False).encode()
    head = f"content-type: application/json\r\ncontent-length: {len(body)}\r\ncache-control: no-store\r\n"
    head += f"retry-after: {Unavailable.retry_after}\r\n" if refused is Unavailable else ""
    return STATUS_LINE[status] + head.encode() + b"connection: close\r\n\r\n" + body


class BoundedProtocol(HttpToolsProtocol):
    """The server's protocol with these limits; whoever exceeds one is told so and heard no more."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._began = False
        """Between the first byte of a head and its last."""
        self._is_short = False
        """Whether a head that ends now came in one small piece."""
        self._head_bytes = 0
        self._refused: str | None = None
        """The rule that was broken."""
        self._deadline: asyncio.TimerHandle | None = None
        self._coming = False
        """Between the head and the last byte of its body."""
        self._body_bytes = 0
        self._held_up = False
        self._pace: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._joining = Joining(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", self._joining))
        if len(self.connections) > most_connections():
            self._refused = _CROWDED
            self._tell(_CROWDED)
        else:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_deadline()
        self._end_body()
        self._joining.forget()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._joining.watch()

    def data_received(self, data: bytes) -> None:
        if self._refused is not None:
            return
        begun_before = self._began
        self._is_short = not begun_before and len(data) <= LONGEST_TARGET_BYTES
        super().data_received(data if begun_before or self._coming else without_offers(data))
        if self._began and self._refused is None:
            self._measure(len(data) if begun_before else 0)
        if self._coming and self._pace is None:
            self._watch()
        if self._refused is not None:
            self._refuse(self._refused)

    def _measure(self, size: int) -> None:
        """Count what came of a head that has not ended; of the piece in which it began the parser tells no length."""
        self._head_bytes += size
        if self._head_bytes > LARGEST_HEAD_BYTES:
            self._refused = _HEAD_SIZE
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._began, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        self._began = False
        self._forget_deadline()
        if len(self.headers) > MOST_HEADERS or not (self._is_short or self._is_small()):
            self._refused = _HEAD_SIZE
        elif len(self.url) > LONGEST_TARGET_BYTES:
            self._refused = _TARGET_SIZE
        if self._refused is None:
            self._coming = True
            super().on_headers_complete()

    def _is_small(self) -> bool:
        return len(self.url) + sum([len(name) + len(value) for name, value in self.headers]) <= LARGEST_HEAD_BYTES

    def on_body(self, body: bytes) -> None:
        if self._refused is None:
            self._body_bytes += len(body)
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._end_body()
        if self._refused is None:
            super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._end_body()
        if self._refused is None:
            super().handle_websocket_upgrade()

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end_body(self) -> None:
        self._coming = False
        if self._pace is not None:
            self._pace.cancel()
            self._pace = None

    def _watch(self) -> None:
        """Look in a while how much of the body came until then."""
        self._body_bytes, self._held_up = 0, self._holds_up()
        self._pace = self.loop.call_later(PACE_SECONDS, self._look)

    def _holds_up(self) -> bool:
        """Whether it is the server that takes nothing: it has enough for now, or has not yet told to go on."""
        return self.flow.read_paused or self.cycle.waiting_for_100_continue

    def _look(self) -> None:
        if self._body_bytes >= LEAST_BODY_BYTES or self._held_up or self._holds_up():
            self._watch()
        else:
            self._leave_body()

    def _leave_body(self) -> None:
        """Tell the caller unless an answer has begun, and whoever waits for the body that its sender is gone."""
        self._end_body()
        self._refused = _BODY_TIME
        if self.cycle.response_started:
            self.transport.close()
        else:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self._tell(_BODY_TIME)

    def _give_up(self) -> None:
        """Tell who began a head and did not end it; whoever sent nothing at all is left without a word."""
        if self._began:
            self._refused = _HEAD_TIME
            self._refuse(self._refused)
        else:
            self.transport.close()

    def _refuse(self, rule: str) -> None:
        """Answer, unless an earlier request of the connection is still being answered: then that is the last answer."""
        self._forget_deadline()
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False
        else:
            self._tell(rule)

    def _tell(self, rule: str) -> None:
        if not self.transport.is_closing():
            self.transport.write(_answer(rule))
            if self.transport.can_write_eof():
                self.transport.write_eof()
            self.loop.call_later(LINGER_SECONDS, self.transport.close)


httptools_impl.RequestResponseCycle = Answering  # type: ignore[misc]  # the protocol has no other place to name its class
