"""The API on a server that runs, and what a WebSocket says to it."""

import asyncio
import json
import socket
import threading
from typing import Any

import uvicorn
from starlette.applications import Starlette
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from apikit.clients import authenticate
from apikit.sample import write_sample
from registry.api import ApiContext, graphql_routes
from registry.db.pool import Addresses, open_database
from registry.domain.actors import Actor
from registry.domain.errors import RegisterError


class Serving:
    """The API on a real server in a thread of its own."""

    def __init__(self, addresses: Addresses) -> None:
        self.addresses = addresses
        self.failures: dict[str | None, RegisterError] = {}
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.ready = threading.Event()
        self.server: uvicorn.Server | None = None
        self.context: ApiContext | None = None
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve()))

    async def authenticate(self, authorization: str | None) -> Actor:
        if authorization in self.failures:
            raise self.failures[authorization]
        return await authenticate(authorization)

    async def serve(self) -> None:
        async with open_database(self.addresses, size=2) as database:
            await write_sample(database)
            self.context = ApiContext(database, authenticate=self.authenticate)
            app = Starlette(routes=graphql_routes(self.context))
            self.server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
            self.ready.set()
            await self.server.serve(sockets=[self.socket])

    async def followed(self) -> None:
        """Wait until somebody waits for changes."""
        assert self.context is not None
        async with asyncio.timeout(90):
            while not self.context.wakeups.waiting:  # noqa: ASYNC110 - it happens in another thread
                await asyncio.sleep(0.02)

    def stop(self) -> None:
        assert self.server is not None
        self.server.should_exit = True
        self.thread.join(timeout=30)
        assert not self.thread.is_alive()


async def exchange(port: int, protocol: str, *messages: Any) -> list[Any]:
    """Send messages; return what comes back until every operation has ended or all is closed, the close code last."""
    received: list[Any] = []
    open_operations = sum(isinstance(one, dict) and one.get("type") == "subscribe" for one in messages)
    async with connect(f"ws://127.0.0.1:{port}/graphql", subprotocols=[Subprotocol(protocol)]) as opened:
        try:
            for message in messages:
                await opened.send(message if isinstance(message, str | bytes) else json.dumps(message))
            async with asyncio.timeout(60):
                async for frame in opened:
                    assert isinstance(frame, str), "binary frames break the reference client"
                    received.append(json.loads(frame))
                    open_operations -= received[-1]["type"] in ("complete", "error")
                    if received[-1]["type"] in ("complete", "error") and not open_operations:
                        break
        except ConnectionClosed:
            pass
        return [*received, opened.close_code]


INIT = {"type": "connection_init"}


def subscribe(query: str, **more: Any) -> dict[str, Any]:
    return {"id": "1", "type": "subscribe", "payload": {"query": query, **more}}
