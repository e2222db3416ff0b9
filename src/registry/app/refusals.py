"""The answer to who comes while nothing can be answered: a page, GraphQL, JSON, or no WebSocket."""

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from registry.app.protections import error_response
from registry.domain.errors import Unavailable
from registry.site import outage_page

GRAPHQL_PATH = "/graphql"


async def refuse(problem: Unavailable, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request or a WebSocket with 503 and when to come again."""
    await _refusal(problem, scope)(scope, receive, send)


def _refusal(problem: Unavailable, scope: Scope) -> Response:
    if HTTPConnection(scope).url.path != GRAPHQL_PATH:
        page = outage_page(Request(scope), problem.message.zh, problem.message.en) if scope["type"] == "http" else None
        return page or error_response(problem)
    extensions = {"code": problem.code, "rule": problem.rule}
    body = {"errors": [{"message": str(problem), "extensions": extensions}]}
    return JSONResponse(body, 503, headers={"cache-control": "no-store", "retry-after": problem.retry_after})
