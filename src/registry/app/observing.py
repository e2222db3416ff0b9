"""What every request leaves behind: its id in the answer and in each log line, one access line, and its metrics."""

import os
import re
import time
from dataclasses import dataclass
from functools import cache

import structlog
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from registry.app.logs import Asked, log_request
from registry.app.metrics import REQUEST_SECONDS, REQUESTS

REQUEST_ID = b"x-request-id"
_ACCEPTED_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
_UNMATCHED = "unmatched"
_STARTS = frozenset({"http.response.start", "websocket.http.response.start"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "WEBSOCKET"})


def request_id_of(given: bytes | None) -> str:
    """Return the caller's X-Request-ID where it is well formed, else a new one in the form of a random UUID."""
    if given is not None and _ACCEPTED_ID.fullmatch(given):
        return str(given, "ascii")
    drawn = os.urandom(16).hex()
    return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-a{drawn[17:20]}-{drawn[20:]}"


def current_request_id() -> str | None:
    """Return the id of the request that this task answers."""
    found: str | None = structlog.contextvars.get_contextvars().get("request_id")
    return found


@dataclass(slots=True)
class Answer:
    """What was sent in answer to a request."""

    status: int = 500
    sent_bytes: int = 0

    def note(self, message: Message) -> None:
        """Take note of a message that is sent."""
        if message["type"] in _STARTS:
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
        given = next((value for name, value in scope["headers"] if name == REQUEST_ID), None)
        request_id = scope.setdefault("state", {}).setdefault("request_id", "") or request_id_of(given)
        scope["state"]["request_id"] = request_id
        answer = Answer()

        async def send_observed(message: Message) -> None:
            answer.note(message)
            if message["type"] in _STARTS:
                message["headers"] = [*message.get("headers", ()), (REQUEST_ID, request_id.encode())]
            await send(message)

        begun = time.perf_counter()
        structlog.contextvars.bind_contextvars(request_id=request_id)  # a request runs in a context of its own
        try:
            await self.app(scope, receive, send_observed)
        finally:
            route = getattr(scope.get("route"), "path", "") or _UNMATCHED
            record(route, scope, request_id, answer, time.perf_counter() - begun)


@cache
def _requests(method: str, route: str, status: int) -> Counter:
    return REQUESTS.labels(method, route, str(status))


@cache
def _request_seconds(route: str) -> Histogram:
    return REQUEST_SECONDS.labels(route)


def record(route: str, scope: Scope, request_id: str, answer: Answer, seconds: float) -> None:
    """Count a request that was answered, and log it."""
    method = scope.get("method", "WEBSOCKET")
    _requests(method if method in _METHODS else "OTHER", route, answer.status).inc()
    _request_seconds(route).observe(seconds)
    client = scope.get("client")
    asked = Asked(method, scope["path"], route, answer.status, client[0] if client else None)
    log_request(asked, round(1000 * seconds, 3), answer.sent_bytes, request_id)
