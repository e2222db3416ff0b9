"""Parts of the endpoint below GraphQL: bounded bodies, refusals, and the messages of a WebSocket."""

from collections.abc import AsyncGenerator, Mapping
from json import JSONDecodeError
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.responses import Response
from starlette.types import Message, Receive
from starlette.websockets import WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, WebSocketDisconnected

from registry.api.errors import expected_extensions
from registry.api.negotiation import JSON_TYPE, response_type
from registry.domain.errors import Bilingual, InputError, RegisterError


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


def refusal(accept: str, status: int, error: RegisterError) -> Response:
    """Return a response that refuses a request before execution, in the caller's media type."""
    body = {"errors": [GraphQLError(error.message.en, extensions=expected_extensions(error)).formatted]}
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
