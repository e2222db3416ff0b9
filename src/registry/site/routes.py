"""The routes of the site: the front page, its style sheet, the GraphQL schema as text."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from registry.resources import resource_root
from registry.site.front import front_page

_STATIC = Path(__file__).with_name("static")
_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_HEADERS = {"content-security-policy": _POLICY, "cache-control": "no-cache"}


async def _front(_request: Request) -> Response:
    return HTMLResponse(front_page(), headers=_HEADERS)


async def _schema(_request: Request) -> Response:
    path = resource_root("schema") / "registry.graphql"
    return FileResponse(path, media_type="text/plain; charset=utf-8")


def site_routes() -> list[BaseRoute]:
    """Return the routes that need no database."""
    return [
        Route("/", _front),
        Route("/schema.graphql", _schema),
        Mount("/static", StaticFiles(directory=_STATIC), name="static"),
    ]
