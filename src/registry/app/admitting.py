"""Limits on what is no GraphQL: pages, exports and files, counted together with the questions of who asks."""

from collections.abc import Iterable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from registry.api import Admit, Authenticate, everybody_is_public
from registry.app.protections import error_response
from registry.domain.errors import RateLimited
from registry.site import outage_page


class Admitted:
    """Counts every request before it is answered."""

    def __init__(self, app: ASGIApp, admit: Admit, authenticate: Authenticate) -> None:
        self.app = app
        self._admit = admit
        self._authenticate = authenticate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; one too many is told when to come again, as a page where a page was wanted."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        actor = await self._authenticate(request.headers.get("authorization"))
        try:
            await self._admit(actor, None if request.client is None else request.client.host)
        except RateLimited as error:
            await _refusal(request, error)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def admitted(
    routes: Iterable[BaseRoute], admit: Admit, authenticate: Authenticate = everybody_is_public
) -> list[BaseRoute]:
    """Count what these routes are asked, as asked by whom `authenticate` tells: the public unless it is given."""
    counted = list(routes)
    for route in counted:
        assert isinstance(route, Route)  # noqa: S101 - a route of another kind would not be counted
        route.app = Admitted(route.app, admit, authenticate)
    return counted


def _refusal(request: Request, error: RateLimited) -> Response:
    page = outage_page(request, error.message.zh, error.message.en, 429)
    if page is None:
        return error_response(error)
    headers: Mapping[str, str] = error.headers
    page.headers.update(headers)
    return page
