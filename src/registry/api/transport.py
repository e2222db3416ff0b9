"""Parts of the endpoint below GraphQL: bounded bodies, refusals, and the messages of a WebSocket."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from json import JSONDecodeError
from typing import Any

import orjson
from cross_web import HTTPException, StarletteRequestAdapter
from graphql import GraphQLError, GraphQLFormattedError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Send
from starlette.websockets import WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import SubscribeMessage

from registry.api.context import RequestContext
from registry.api.errors import expected_extensions
from registry.api.limits import MOST_AT_ONCE
from registry.api.negotiation import JSON_TYPE, RESPONSE_TYPE, is_event_stream, is_json, response_type
from registry.api.persisted import UnknownDocument
from registry.domain.errors import Bilingual, InputError, RateLimited, RegisterError, Unauthenticated, Unavailable

SLOWEST_CONSUMER_SECONDS = 30.0
"""How long what is sent may wait for its consumer before the connection is given up."""


UNKNOWN_DOCUMENT: GraphQLFormattedError = {
    "message": "PersistedQueryNotFound",
    "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND", "messageZh": "未登记该文档，请发送全文"},
}


TOO_MANY = RateLimited(
    Bilingual(
        f"一个连接上同时至多 {MOST_AT_ONCE} 项操作", f"At most {MOST_AT_ONCE} operations go on at once on a connection"
    ),
    rule="limit.operations",
)


class BodyTooLarge(Exception):
    """A request's body grew beyond what is read."""


def limited(receive: Receive, most_bytes: int) -> Receive:
    """Return a receiver that raises BodyTooLarge as soon as a body grows beyond `most_bytes`."""
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most_bytes:
            raise BodyTooLarge
        return message

    return counted


def impatient(send: Send, seconds: float = SLOWEST_CONSUMER_SECONDS) -> Send:
    """Return a sender that gives up on a consumer who does not take what is sent."""

    async def sent(message: Message) -> None:
        try:
            async with asyncio.timeout(seconds):
                await send(message)
        except TimeoutError as error:
            raise ClientDisconnect from error

    return sent


def malformed(reason: str) -> InputError:
    """Return the error of a request that is not GraphQL over HTTP."""
    return InputError(Bilingual("请求不是合格的 GraphQL 请求", reason), rule="request.malformed")


def _formatted(error: RegisterError) -> GraphQLFormattedError:
    return GraphQLError(error.message.en, extensions=expected_extensions(error)).formatted


def refusal(accept: str, status: int, error: RegisterError) -> Response:
    """Return a response that refuses a request before execution, in the caller's media type."""
    body = {"errors": [_formatted(error)]}
    headers = {"cache-control": "no-store", "vary": "Accept, Authorization"}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    if status == 405:
        headers["allow"] = "GET, POST"
    if status == 503:
        headers["retry-after"] = Unavailable.retry_after
    if isinstance(error, RateLimited):
        headers |= error.headers
    media_type = (response_type(accept) or JSON_TYPE) + "; charset=utf-8"
    return Response(orjson.dumps(body), status, headers, media_type=media_type)


def unknown_document(accept: str) -> Response:
    """Return what tells a client to send its document in full, as automatic persisted queries have it."""
    media_type = response_type(accept) or JSON_TYPE
    body = {"errors": [UNKNOWN_DOCUMENT]}
    status = 400 if media_type == RESPONSE_TYPE else 200
    headers = {"cache-control": "no-store", "vary": "Accept, Accept-Encoding, Authorization"}
    return Response(orjson.dumps(body), status, headers, media_type=f"{media_type}; charset=utf-8")


def require_readable(request: Request) -> None:
    """Refuse what is asked for in a form that is not given (406), or in one that is not read (415)."""
    headers, accept = request.headers, request.headers.get("accept", "")
    if response_type(accept) is None and not is_event_stream(accept) and "text/html" not in accept:
        raise HTTPException(406, "Not Acceptable")
    plain = headers.get("content-encoding", "identity") == "identity"
    if request.method == "POST" and not (plain and is_json(headers.get("content-type", ""))):
        raise HTTPException(415, "The body must be JSON in UTF-8, and not compressed")


class RequestAdapter(StarletteRequestAdapter):
    """A request whose media type is known however it is written."""

    @property
    def content_type(self) -> str | None:
        """The Content-Type header in small letters."""
        return self.headers.get("content-type", "").lower()


class SocketAdapter(ASGIWebSocketAdapter):
    """Text frames out, as the protocol demands; only well-formed messages in."""

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message as text; a consumer that does not take it in time is cut off."""
        try:
            async with asyncio.timeout(SLOWEST_CONSUMER_SECONDS):
                await self.ws.send_text(orjson.dumps(message).decode())
        except (WebSocketDisconnect, RuntimeError) as error:  # the server's word for a client that has just gone
            raise WebSocketDisconnected from error
        except TimeoutError as error:
            raise WebSocketDisconnected from error

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """Yield messages; one that is not of the protocol's form ends the connection with 4400."""
        async for message in super().iter_json(ignore_parsing_errors=ignore_parsing_errors):
            if not _is_message(message):
                raise NonJsonMessageReceived from JSONDecodeError("not a message of the protocol", "", 0)
            yield message


class SocketHandler(BaseGraphQLTransportWSHandler[RequestContext, None]):
    """Asks for every operation who is asking and whether it may, because a key may end while a connection lives."""

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Start an operation; a credential that opens nothing any more ends the connection with 4403."""
        if not self.connection_acknowledged:
            await super().handle_subscribe(message)
            return
        try:
            payload: Any = await self._admitted(dict(message["payload"]))
        except Unauthenticated as error:
            await self.websocket.close(4403, "Forbidden")
            raise WebSocketDisconnected from error
        except UnknownDocument:
            await self._refuse(message, UNKNOWN_DOCUMENT)
        except RegisterError as error:
            await self._refuse(message, _formatted(error))
        else:
            await self._begin({**message, "payload": payload})

    async def _begin(self, message: SubscribeMessage) -> None:
        if not is_request(message["payload"]):
            await self.handle_invalid_message("a request has a query, or the hash of one")
        elif len(self.operations) >= MOST_AT_ONCE and message["id"] not in self.operations:
            await self._refuse(message, _formatted(TOO_MANY))
        else:
            await super().handle_subscribe(message)

    async def _admitted(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Find out who asks, count it once, and return what is asked with its document in full."""
        api = self.context.api
        self.context.actor = await api.authenticate(self.context.authorization)
        await api.admit(self.context.actor, self.context.address)
        await api.persisted.renew()
        return api.persisted.completed(payload, self.context.actor)

    async def _refuse(self, message: SubscribeMessage, error: GraphQLFormattedError) -> None:
        await self.send_message({"id": message["id"], "type": "error", "payload": [error]})


def _is_message(message: object) -> bool:
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    if message["type"] in {"subscribe", "complete"} and not isinstance(message.get("id"), str):
        return False
    payload = message.get("payload")
    return message["type"] != "subscribe" or (isinstance(payload, dict) and is_request({"query": "", **payload}))


def is_request(payload: Any) -> bool:
    """Whether a JSON value has the form of a GraphQL request."""
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )
