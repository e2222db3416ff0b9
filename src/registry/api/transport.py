"""Parts of the endpoint below GraphQL: bounded bodies, refusals, and the messages of a WebSocket."""

from collections.abc import AsyncGenerator, Mapping
from json import JSONDecodeError
from typing import Any

import orjson
from graphql import GraphQLError, GraphQLFormattedError
from starlette.responses import Response
from starlette.types import Message, Receive
from starlette.websockets import WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import SubscribeMessage

from registry.api.context import RequestContext
from registry.api.errors import expected_extensions
from registry.api.negotiation import JSON_TYPE, response_type
from registry.domain.errors import Bilingual, InputError, RegisterError, Unauthenticated


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
    media_type = (response_type(accept) or JSON_TYPE) + "; charset=utf-8"
    return Response(orjson.dumps(body), status, headers, media_type=media_type)


class SocketAdapter(ASGIWebSocketAdapter):
    """Text frames out, as the protocol demands; only well-formed messages in."""

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message as text."""
        try:
            await self.ws.send_text(orjson.dumps(message).decode())
        except WebSocketDisconnect as error:
            raise WebSocketDisconnected from error

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """Yield messages; one that is not of the protocol's form ends the connection with 4400."""
        async for message in super().iter_json(ignore_parsing_errors=ignore_parsing_errors):
            if not _is_message(message):
                raise NonJsonMessageReceived from JSONDecodeError("not a message of the protocol", "", 0)
            yield message


class SocketHandler(BaseGraphQLTransportWSHandler[RequestContext, None]):
    """Asks for every operation who is asking, because a key may end while a connection lives."""

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Start an operation; a credential that opens nothing any more ends the connection with 4403."""
        if self.connection_acknowledged:
            try:
                self.context.actor = await self.context.api.authenticate(self.context.authorization)
            except Unauthenticated as error:
                await self.websocket.close(4403, "Forbidden")
                raise WebSocketDisconnected from error
            except RegisterError as error:
                await self.send_message({"id": message["id"], "type": "error", "payload": [_formatted(error)]})
                return
        await super().handle_subscribe(message)


def _is_message(message: object) -> bool:
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    if message["type"] in {"subscribe", "complete"} and not isinstance(message.get("id"), str):
        return False
    return message["type"] != "subscribe" or _is_request(message.get("payload"))


def _is_request(payload: Any) -> bool:
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )
