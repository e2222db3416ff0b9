"""The endpoint: GET and POST by GraphQL over HTTP, server-sent events, WebSocket graphql-transport-ws; GraphiQL."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from typing import Any

import orjson
from cross_web import HTTPException
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
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

from registry.api.caching import asks_whether_any, compressed, is_compressible, is_known, keeping, packed, validator
from registry.api.context import ApiContext, RequestContext
from registry.api.graphiql import graphiql_page
from registry.api.limits import INIT_SECONDS, LARGEST_BODY_BYTES, LARGEST_KNOWN_BODY_BYTES
from registry.api.negotiation import JSON_TYPE, RESPONSE_TYPE, is_event_stream, is_json, response_type
from registry.api.persisted import ASKING, UnknownDocument
from registry.api.schema import RegisterSchema, build_schema
from registry.api.swift import Swift
from registry.api.transport import (
    BodyTooLarge,
    RequestAdapter,
    SocketAdapter,
    SocketHandler,
    impatient,
    is_request,
    limited,
    malformed,
    refusal,
    require_readable,
    unknown_document,
)
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, ErrorCode, InputError, RegisterError, Unauthenticated

ANSWER_HEADERS = {"vary": "Accept, Accept-Encoding, Authorization", "cache-control": "no-store"}
_SWIFT_HEADERS = {
    media_type: tuple(
        (name.encode(), value.encode())
        for name, value in {**ANSWER_HEADERS, "content-type": f"{media_type}; charset=utf-8"}.items()
    )
    for media_type in (JSON_TYPE, RESPONSE_TYPE)
}
_ASKING = frozenset({"query", "documentId", "extensions"})
_STATUS = {ErrorCode.UNAUTHENTICATED: 401, ErrorCode.UNAVAILABLE: 503, ErrorCode.RATE_LIMITED: 429}
_TOO_LARGE = InputError(
    Bilingual("请求体超过 2 MiB", "The request body is larger than 2 MiB"), rule="request.body-size"
)


@lru_cache(maxsize=256)
def _swift_type(accept: bytes, content_type: bytes) -> str | None:
    """Return the media type of one answer to a body of JSON; None for events, or where none fits."""
    accepted = accept.decode("latin-1")
    if is_event_stream(accepted) or not is_json(content_type.decode("latin-1")):
        return None
    return response_type(accepted)


def _address_of(scope: Scope) -> str | None:
    return scope["client"][0] if scope.get("client") else None


class Endpoint(GraphQL[RequestContext, None]):
    """The one endpoint of the API."""

    schema: RegisterSchema
    request_adapter_class = RequestAdapter
    websocket_adapter_class = SocketAdapter
    graphql_transport_ws_handler_class = SocketHandler

    def __init__(self, api: ApiContext) -> None:
        super().__init__(
            build_schema(introspection=api.introspection),
            graphql_ide="graphiql" if api.introspection else None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            connection_init_wait_timeout=timedelta(seconds=INIT_SECONDS),
        )
        self.api = api
        self.swift = Swift(api, self.schema.documents)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; what fails before execution is answered as GraphQL errors too."""
        if scope["type"] != "http":
            with suppress(ConnectionRejectionError):
                await super().__call__(scope, receive, send)
            return
        if scope["method"] == "HEAD":  # the server sends the head of what is answered, and nothing else
            scope = {**scope, "method": "GET"}
        known = "authorization" in Headers(scope=scope)
        most_bytes = LARGEST_KNOWN_BODY_BYTES if known else LARGEST_BODY_BYTES
        request = Request(scope, limited(receive, most_bytes))
        response = await self._respond(request)
        if not isinstance(response, StreamingResponse):
            await response(scope, receive, send)
            return
        with suppress(ClientDisconnect):
            await response(scope, receive, impatient(send))

    async def _respond(self, request: Request) -> Response:
        accept = request.headers.get("accept", "")
        try:
            require_readable(request)
            return await self._swiftly(request) or await self._at_length(request, accept)
        except UnknownDocument:
            return unknown_document(accept)
        except HTTPException as error:
            return refusal(
                accept,
                405 if isinstance(error.__cause__, InvalidOperationTypeError) else error.status_code,
                malformed(error.reason),
            )
        except BodyTooLarge:
            return refusal(accept, 413, _TOO_LARGE)
        except RegisterError as error:
            return refusal(accept, _STATUS.get(error.code, 400), error)

    async def _at_length(self, request: Request, accept: str) -> Response:
        request.state.actor, left = await self._admitted(request.scope, request.headers.get("authorization"))
        ASKING.set(request.state.actor)
        response = await self._run(request, accept)
        if left and not response.headers.get("cache-control", "").startswith("public"):
            response.headers.update(left)
        return response if isinstance(response, StreamingResponse) else await compressed(request, response)

    async def _admitted(self, scope: Scope, authorization: str | None) -> tuple[Actor, Mapping[str, str]]:
        """Find out who asks, and count it once; return what tells how much is left."""
        state = scope.setdefault("state", {})
        if "admitted" not in state:
            state["admitted"] = await self._counted(scope, authorization)
        if isinstance(state["admitted"], RegisterError):
            raise state["admitted"]
        actor, left = state["admitted"]
        return actor, left

    async def _counted(
        self, scope: Scope, authorization: str | None
    ) -> tuple[Actor, Mapping[str, str]] | RegisterError:
        try:
            actor = await self.api.authenticate(authorization)
            await self.api.persisted.renew()
            return actor, await self.api.admit(actor, _address_of(scope))
        except RegisterError as error:
            return error

    async def _run(self, request: Request, accept: str) -> Response:
        asked = request.method == "GET" and not _ASKING.isdisjoint(request.query_params)
        media_type = response_type(accept)
        if not asked or is_event_stream(accept) or media_type is None:
            response: Response = await self.run(request)
            return response
        return await self._validated(request, media_type)

    async def _validated(self, request: Request, media_type: str) -> Response:
        """Answer a question in an address, unless the caller has the answer."""
        actor, now = request.state.actor, self.api.clock()
        etag = await validator(request, self.api.database, actor, now, media_type)
        headers = {**ANSWER_HEADERS, "etag": etag, "cache-control": keeping(actor, now)}
        if is_known(request, etag):
            return Response(status_code=304, headers=headers)
        response: Response = await self.run(request)
        if getattr(request.state, "flawless", False):
            response.headers.update(headers)
            if asks_whether_any(request):
                return Response(status_code=304, headers=headers)
        return response

    async def _swiftly(self, request: Request) -> Response | None:
        if request.method != "POST":
            return None
        answer = await self.at_once(request.scope, dict(request.scope["headers"]), await request.body())
        if answer is None:
            return None
        response = Response()
        response.raw_headers, response.body = answer
        return response

    async def at_once(
        self, scope: Scope, headers: Mapping[bytes, bytes], body: bytes
    ) -> tuple[list[tuple[bytes, bytes]], bytes] | None:
        """Return headers and body of the answer to a POST that needs nothing but its statement, else None.

        The request is counted once, whether this or `__call__` answers it.
        """
        media_type = _swift_type(headers.get(b"accept", b""), headers.get(b"content-type", b""))
        if media_type is None or b"content-encoding" in headers:
            return None
        given = headers.get(b"authorization")
        actor, left = await self._admitted(scope, None if given is None else given.decode("latin-1"))
        text = await self.swift.answer(body, actor)
        if text is None:
            return None
        sent = [*_SWIFT_HEADERS[media_type]]
        if left:
            sent += [(name.encode(), value.encode()) for name, value in left.items()]
        if is_compressible(text, headers.get(b"accept-encoding", b"").decode("latin-1")):
            text = await packed(text)
            sent.append((b"content-encoding", b"gzip"))
        return [*sent, (b"content-length", b"%d" % len(text))], text

    # Requests -----------------------------------------------------------------------------------------------------

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:
        """Whether a browser asks for the page and not for data."""
        wants_page = "text/html" in request.headers.get("accept", "")
        return request.method == "GET" and request.query_params.get("query") is None and wants_page

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> RequestContext:  # noqa: ARG002
        """Return who asks; raises Unauthenticated, or closes the socket."""
        given, address = request.headers.get("authorization"), _address_of(request.scope)
        if isinstance(request, Request):
            return RequestContext(self.api, request.state.actor, given, address=address, spent=0)
        try:
            return RequestContext(self.api, await self.api.authenticate(given), given, address=address)
        except Unauthenticated as error:
            await request.close(4403, "Forbidden")
            raise ConnectionRejectionError from error

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
        """Read JSON; of a body an object or a batch of them, with their documents in full."""
        value = super().parse_json(data)
        if isinstance(data, str):
            return value
        if not isinstance(value, dict | list) or value == []:
            raise HTTPException(400, "The request must be a JSON object, or a batch of them")
        if isinstance(value, dict):
            return self.api.persisted.completed(value, ASKING.get())
        known, actor = self.api.persisted, ASKING.get()
        batch = [known.completed(item, actor) if isinstance(item, dict) else item for item in value]
        if not all(is_request(item) for item in batch):
            raise HTTPException(400, "Every operation of a batch is an object with `query`")
        return batch

    def parse_query_params(self, params: Any) -> dict[str, Any]:
        """Read the request of an address, with its document in full."""
        return self.api.persisted.completed(super().parse_query_params(params), ASKING.get())

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
            result.errors = [self.api.described(error) for error in result.errors]
        response = await super().process_result(request, result)
        if result.data is None and result.errors and not any(error.path for error in result.errors):
            del response["data"]
        media_type = response_type(request.headers.get("accept", "")) or JSON_TYPE
        request.state.media_type = media_type
        request.state.flawless = not result.errors
        refused = media_type == RESPONSE_TYPE and "data" not in response
        # Of a batch, only one that was refused as a whole is a bad request.
        request.state.status = 400 if refused and getattr(request.state, "status", 400) == 400 else 200
        return response

    async def run(self, request: Any, context: Any = UNSET, root_value: Any = UNSET) -> Any:
        """Run a request; the status and media type follow from its result."""
        response = await super().run(request, context, root_value)
        media_type = getattr(request.state, "media_type", None) if isinstance(request, Request) else None
        if media_type is not None and response.media_type == JSON_TYPE:
            response.status_code = request.state.status
            response.headers["content-type"] = media_type + "; charset=utf-8"
            response.headers.update(ANSWER_HEADERS)
        return response

    async def render_graphql_ide(self, request: Request) -> Response:  # noqa: ARG002
        """Serve GraphiQL."""
        return graphiql_page()
