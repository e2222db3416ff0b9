"""The way around everything for questions that need nothing but their statement: before routes and middleware.

What the middleware does for others is done here in as few steps: the request's id, its line in the log and its metrics,
security headers, a bound to its body. Whatever is not as expected goes on as it came.
"""

import time
from collections.abc import Callable

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from registry.api import Endpoint
from registry.app.observing import REQUEST_ID, Answer, record, request_id_of
from registry.app.protections import guarding
from registry.app.shedding import Burden

LARGEST_BODY_BYTES = 1 << 17


class Shortcut:
    """Stands before the application; `find` gives the endpoint at `path` and its route while the database is there.

    What it answers counts among `requests`, as what others answer does; a process at its limit is left to tell so.
    """

    def __init__(self, app: ASGIApp, path: str, find: Callable[[], Endpoint | None], requests: Burden) -> None:
        self.app = app
        self.path = path
        self.find = find
        self.requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        endpoint = self.find() if scope["type"] == "http" and scope["path"] == self.path else None
        headers = dict(scope["headers"]) if endpoint is not None and scope["method"] == "POST" else None
        if endpoint is None or headers is None or not _is_small(scope, headers):
            await self.app(scope, receive, send)
            return
        begun, messages = time.perf_counter(), [await receive()]
        while messages[-1].get("more_body"):
            messages.append(await receive())
        request_id = request_id_of(headers.get(REQUEST_ID))
        structlog.contextvars.bind_contextvars(request_id=request_id)
        answer = None if self.requests.full else await self._answer(endpoint, scope, headers, messages)
        if answer is None:
            scope.setdefault("state", {})["request_id"] = request_id
            await self.app(scope, _again(messages, receive), send)
            return
        own, text = answer
        sent = [*own, *guarding(scope), (REQUEST_ID, request_id.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": sent})
        await send({"type": "http.response.body", "body": text})
        record(self.path, scope, request_id, Answer(200, len(text)), time.perf_counter() - begun)

    async def _answer(
        self, endpoint: Endpoint, scope: Scope, headers: dict[bytes, bytes], messages: list[Message]
    ) -> tuple[list[tuple[bytes, bytes]], bytes] | None:
        body = b"".join([message.get("body", b"") for message in messages])
        try:
            with self.requests:
                return await endpoint.at_once(scope, headers, body)
        except Exception:  # told on the way that all others take
            return None


def _is_small(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    """Whether the whole body is soon here; headers that are given twice are left to others to understand."""
    length = headers.get(b"content-length", b"")
    return len(headers) == len(scope["headers"]) and length.isdigit() and int(length) <= LARGEST_BODY_BYTES


def _again(messages: list[Message], receive: Receive) -> Receive:
    left = messages[::-1]

    async def received() -> Message:
        return left.pop() if left else await receive()

    return received
