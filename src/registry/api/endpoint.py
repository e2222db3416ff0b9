"""The endpoint: GET and POST by GraphQL over HTTP, server-sent events, WebSocket graphql-transport-ws; GraphiQL."""

from contextlib import suppress
from typing import Any

import orjson
from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry import UNSET
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.unset import UnsetType

from registry.api.context import ApiContext, RequestContext
from registry.api.errors import describe
from registry.api.graphiql import graphiql_page
from registry.api.negotiation import JSON_TYPE, RESPONSE_TYPE, is_event_stream, response_type
from registry.api.schema import build_schema
from registry.api.transport import BodyTooLarge, SocketAdapter, SocketHandler, limited, malformed, refusal
from registry.domain.errors import Bilingual, ErrorCode, InputError, RegisterError, Unauthenticated

LARGEST_BODY_BYTES = 1 << 20
_STATUS = {ErrorCode.UNAUTHENTICATED: 401, ErrorCode.UNAVAILABLE: 503, ErrorCode.RATE_LIMITED: 429}
_TOO_LARGE = InputError(
    Bilingual("请求体超过 1 MiB", "The request body is larger than 1 MiB"), rule="request.body-size"
)


def _status_of(error: HTTPException) -> int:
    if isinstance(error.__cause__, InvalidOperationTypeError):
        return 405
    return 415 if error.reason == "Unsupported content type" else error.status_code


class Endpoint(GraphQL[RequestContext, None]):
    """The one endpoint of the API."""

    websocket_adapter_class = SocketAdapter
    graphql_transport_ws_handler_class = SocketHandler

    def __init__(self, api: ApiContext) -> None:
        super().__init__(
            build_schema(introspection=api.introspection),
            graphql_ide="graphiql" if api.introspection else None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
        )
        self.api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; what fails before execution is answered as GraphQL errors too."""
        if scope["type"] != "http":
            with suppress(ConnectionRejectionError):
                await super().__call__(scope, receive, send)
            return
        request = Request(scope, limited(receive, LARGEST_BODY_BYTES))
        await (await self._respond(request))(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        accept = request.headers.get("accept", "")
        if response_type(accept) is None and not is_event_stream(accept) and "text/html" not in accept:
            return refusal(accept, 406, malformed("Not Acceptable"))
        try:
            response: Response = await self.run(request)
        except HTTPException as error:
            return refusal(accept, _status_of(error), malformed(error.reason))
        except BodyTooLarge:
            return refusal(accept, 413, _TOO_LARGE)
        except RegisterError as error:
            return refusal(accept, _STATUS.get(error.code, 400), error)
        return response

    # Requests -----------------------------------------------------------------------------------------------------

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:
        """Whether a browser asks for the page and not for data."""
        wants_page = "text/html" in request.headers.get("accept", "")
        return request.method == "GET" and request.query_params.get("query") is None and wants_page

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> RequestContext:  # noqa: ARG002
        """Return who asks; raises Unauthenticated, or closes the socket."""
        given = request.headers.get("authorization")
        try:
            return RequestContext(self.api, await self.api.authenticate(given), given)
        except Unauthenticated as error:
            if isinstance(request, WebSocket):
                await request.close(4403, "Forbidden")
                raise ConnectionRejectionError from error
            raise

    async def on_ws_connect(self, context: RequestContext) -> UnsetType | dict[str, object] | None:
        """Take the credentials of `connection_init`, where a browser cannot send a header."""
        given = {key.lower(): value for key, value in (context.connection_params or {}).items()}.get("authorization")
        if given is not None:
            try:
                context.authorization = str(given)
                context.actor = await self.api.authenticate(context.authorization)
            except Unauthenticated as error:
                raise ConnectionRejectionError from error
        acknowledged: UnsetType = UNSET
        return acknowledged

    def parse_json(self, data: str | bytes) -> Any:
        """Read the request's JSON, which is an object."""
        value = super().parse_json(data)
        if not isinstance(value, dict):
            raise HTTPException(400, "The request must be one JSON object")
        return value

    async def parse_http_body(self, request: Any) -> Any:
        """Read the request, whose operationName is a text if it has one."""
        body = await super().parse_http_body(request)
        if isinstance(body, GraphQLRequestData) and not isinstance(body.operation_name, str | None):
            raise HTTPException(400, "operationName must be a string or null, if provided")
        return body

    def decode_json(self, data: str | bytes) -> object:
        """Read JSON."""
        return orjson.loads(data)

    # Responses ----------------------------------------------------------------------------------------------------

    def encode_json(self, data: object) -> bytes:
        """Write JSON; the planner's text goes through as it is."""
        return orjson.dumps(data)

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Return the response object; without `data` where the request failed before execution."""
        if result.errors:
            result.errors = [describe(error, self.api.request_id()) for error in result.errors]
        response = await super().process_result(request, result)
        if result.data is None and result.errors and not any(error.path for error in result.errors):
            del response["data"]
        media_type = response_type(request.headers.get("accept", "")) or JSON_TYPE
        request.state.media_type = media_type
        request.state.status = 400 if media_type == RESPONSE_TYPE and "data" not in response else 200
        return response

    async def run(self, request: Any, context: Any = UNSET, root_value: Any = UNSET) -> Any:
        """Run a request; the status and media type follow from its result."""
        response = await super().run(request, context, root_value)
        media_type = getattr(request.state, "media_type", None) if isinstance(request, Request) else None
        if media_type is not None and response.media_type == JSON_TYPE:
            response.status_code = request.state.status
            response.headers["content-type"] = media_type + "; charset=utf-8"
            response.headers["vary"] = "Accept, Authorization"
            response.headers["cache-control"] = "no-store"
        return response

    async def render_graphql_ide(self, request: Request) -> Response:  # noqa: ARG002
        """Serve GraphiQL."""
        return graphiql_page()
