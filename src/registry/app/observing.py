"""What every request leaves behind: its id in the answer and in each log line, one access line, and its metrics."""

import re
import time
import uuid
from dataclasses import dataclass

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from registry.app.metrics import REQUEST_SECONDS, REQUESTS

REQUEST_ID = "x-request-id"
_ACCEPTED_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
_UNMATCHED = "unmatched"
_log = structlog.get_logger("registry.access")


def request_id_of(scope: Scope) -> str:
    """Return the caller's X-Request-ID where it is well formed, else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _ACCEPTED_ID.fullmatch(value):
            return str(value, "ascii")
    return str(uuid.uuid4())


def current_request_id() -> str | None:
    """Return the id of the request that this task answers."""
    found: str | None = structlog.contextvars.get_contextvars().get("request_id")
    return found


@dataclass(slots=True)
class _Answer:
    status: int = 500
    sent_bytes: int = 0

    def note(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.sent_bytes += len(message.get("body", b""))
        elif message["type"] == "websocket.accept":
            self.status = 101
        elif message["type"] == "websocket.close":
            self.status = message.get("code", 1000)


class Observed:
    """Wraps the application in observation."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; lifespan passes through."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        request_id = request_id_of(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer()

        async def send_observed(message: Message) -> None:
            answer.note(message)
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        begun = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_observed)
            finally:
                _record(scope, answer, time.perf_counter() - begun)


def _record(scope: Scope, answer: _Answer, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "") or _UNMATCHED
    method = scope.get("method", "WEBSOCKET")
    REQUESTS.labels(method, route, str(answer.status)).inc()
    REQUEST_SECONDS.labels(route).observe(seconds)
    _log.info(
        "request",
        method=method,
        path=scope["path"],
        route=route,
        status=answer.status,
        duration_ms=round(1000 * seconds, 3),
        bytes=answer.sent_bytes,
        client=scope["client"][0] if scope.get("client") else None,
    )
