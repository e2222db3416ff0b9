"""What stands between the network and the application: masked errors, security headers, a limit to every body."""

import secrets
from typing import Any, cast

import structlog
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from registry.db.mapping import domain_error
from registry.domain.errors import Bilingual, ErrorCode, RateLimited, RegisterError, Unavailable
from registry.site import outage_page

BODY_LIMIT_BYTES = 8 << 20
SECURITY_HEADERS = {
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_RAW_HEADERS = tuple((name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items())
_RAW_HEADERS_OVER_TLS = (*_RAW_HEADERS, (b"strict-transport-security", b"max-age=31536000"))
_TOLD_BY_PROXIES = frozenset({b"x-forwarded-for", b"x-forwarded-proto"})
STATUS = {
    ErrorCode.BAD_USER_INPUT: 400,
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.CONFLICT: 409,
    ErrorCode.COST_EXCEEDED: 400,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.CONFIGURATION: 503,
    ErrorCode.INTERNAL: 500,
}
_CODES = {401: ErrorCode.UNAUTHENTICATED, 403: ErrorCode.FORBIDDEN, 404: ErrorCode.NOT_FOUND}
_INTERNAL = Bilingual("内部错误；请将错误编号告知管理员", "Internal error; tell the administrator its id")
_log = structlog.get_logger("registry.errors")


def error_response(error: RegisterError) -> JSONResponse:
    """Return the answer that tells an expected failure."""
    shown = {
        "code": error.code,
        "rule": error.rule,
        "path": list(error.path),
        "message": {"zh": error.message.zh, "en": error.message.en},
    }
    retry = {"retry-after": Unavailable.retry_after} if error.code is ErrorCode.UNAVAILABLE else {}
    if isinstance(error, RateLimited):
        retry = error.headers
    return JSONResponse({"error": shown}, STATUS[error.code], headers={"cache-control": "no-store", **retry})


async def answer_register_error(_request: Request, error: Exception) -> Response:
    """Answer an expected failure of a route."""
    assert isinstance(error, RegisterError)  # noqa: S101 - registered for this class
    return error_response(error)


async def answer_http_error(_request: Request, error: Exception) -> Response:
    """Answer what the routing refuses: an unknown path, a wrong method."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    shown = {"code": _CODES.get(error.status_code, ErrorCode.BAD_USER_INPUT), "message": {"en": error.detail}}
    return JSONResponse({"error": shown}, error.status_code, headers=error.headers)


def masked_response(error: Exception) -> JSONResponse:
    """Log an unexpected failure under an id, and return an answer that tells the id alone."""
    known = domain_error(error)
    if known is not None:
        _log.warning("unmapped", rule=known.rule, exc_info=error)
        return error_response(known)
    error_id = secrets.token_hex(8)
    _log.error("unexpected", error_id=error_id, exc_info=error)
    shown = {"code": ErrorCode.INTERNAL, "errorId": error_id, "message": {"zh": _INTERNAL.zh, "en": _INTERNAL.en}}
    return JSONResponse({"error": shown}, 500, headers={"cache-control": "no-store"})


def _shown(request: Request, response: Response) -> Response:
    """The answer to who sees a page: a page."""
    return outage_page(request, "", "", response.status_code) or response


class Masked:
    """Answers what nobody expected without telling what it was."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        started = False

        async def send_noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        except ClientDisconnect:
            if not started:  # nobody hears it: it is what the log and the metrics say
                await Response(status_code=408)(scope, receive, send)
        except Exception as error:
            response: Response = masked_response(error)
            if scope["type"] == "http":
                response = _shown(Request(scope), response)
            if started or scope["type"] != "http":
                raise
            await response(scope, receive, send)


def guarding(scope: Scope) -> tuple[tuple[bytes, bytes], ...]:
    """Return the security headers of an answer that sets none itself."""
    return _RAW_HEADERS_OVER_TLS if scope["scheme"] == "https" else _RAW_HEADERS


class BelievedProxies:
    """Takes caller and scheme from what a trusted proxy tells; who tells nothing is not looked up among them."""

    def __init__(self, app: ASGIApp, proxies: str) -> None:
        self.app = app
        self._told = cast("ASGIApp", ProxyHeadersMiddleware(cast("Any", app), proxies))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        for name, _ in scope.get("headers", ()):
            if name in _TOLD_BY_PROXIES:
                await self._told(scope, receive, send)
                return
        await self.app(scope, receive, send)


class Guarded:
    """Adds the security headers that an answer does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message.get("headers", ())
                names = {name for name, _ in own}
                message["headers"] = [*own, *(header for header in guarding(scope) if header[0] not in names)]
            await send(message)

        await self.app(scope, receive, send_guarded if scope["type"] == "http" else send)


class LimitedBodies:
    """Limits every body, but of the uploads, which go to the disk piece by piece and have a limit of their own."""

    def __init__(self, app: ASGIApp, unlimited: str) -> None:
        self.app = app
        self._unlimited = unlimited
        self._limited = RequestBodyLimitMiddleware(app, max_body_size=BODY_LIMIT_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        free = scope["type"] == "http" and scope["path"].startswith(self._unlimited)
        await (self.app if free else self._limited)(scope, receive, send)
