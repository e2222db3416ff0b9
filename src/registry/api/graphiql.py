"""GraphiQL from the package itself: no other host is asked for anything, no script stands in the page."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

_MEDIA_TYPES = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
_ASSETS = frozenset(
    {
        "graphiql.min.css",
        "graphiql.min.js",
        "page.css",
        "page.js",
        "react-dom.production.min.js",
        "react.production.min.js",
    }
)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the page; `etag` is its digest."""

    content: bytes
    media_type: str
    etag: str


@cache
def _asset(name: str) -> Asset:
    content = (files("registry.api") / "static" / "graphiql" / name).read_bytes()
    return Asset(content, _MEDIA_TYPES[name.rsplit(".", 1)[1]], f'"{sha256(content).hexdigest()[:32]}"')


def graphiql_page() -> Response:
    """Return the page."""
    page = _asset("index.html")
    headers = {**_HEADERS, "Content-Security-Policy": _POLICY, "Cache-Control": "no-cache", "Vary": "Accept"}
    return Response(page.content, headers=headers, media_type=page.media_type)


async def graphiql_asset(request: Request) -> Response:
    """Serve one of the page's files; 304 where the caller has it, 404 for any other name."""
    name = request.path_params["name"]
    if name not in _ASSETS:
        return PlainTextResponse("Not Found", 404)
    asset = _asset(name)
    headers = {**_HEADERS, "ETag": asset.etag, "Cache-Control": "public, max-age=3600"}
    if asset.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(asset.content, headers=headers, media_type=asset.media_type)
